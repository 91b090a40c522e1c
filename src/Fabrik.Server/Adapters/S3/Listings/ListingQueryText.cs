using System.Globalization;

namespace Fabrik.Server.Adapters.S3.Listings;

/// <summary>What the query of a listing asks for, read strictly.</summary>
internal sealed record ListingQueryText
{
    private const int MaxPage = 1000;

    /// <summary>What keys begin with.</summary>
    public string Prefix { get; private init; } = "";

    /// <summary>What ends a common prefix; empty for none.</summary>
    public string Delimiter { get; private init; } = "";

    /// <summary>How many at most, 0 to 1,000.</summary>
    public int Max { get; private init; } = MaxPage;

    /// <summary>Whether keys are wanted percent-encoded.</summary>
    public bool EncodesKeys { get; private init; }

    /// <summary>Reads it.</summary>
    /// <param name="call">The request.</param>
    /// <param name="maxName">The name of the parameter with the most entries.</param>
    /// <param name="query">What it asks for.</param>
    public static S3Fault? TryRead(S3Call call, string maxName, out ListingQueryText query)
    {
        query = new ListingQueryText();
        var raw = call.Target.Query;
        if (!TryGet(call, "prefix", out var prefix)
            || !TryGet(call, "delimiter", out var delimiter)
            || !TryGet(call, "encoding-type", out var encoding)
            || !TryGet(call, maxName, out var maximum))
        {
            return S3Faults.InvalidArgument.With("A parameter of the query is not valid UTF-8 in %-escapes");
        }

        var max = MaxPage;
        if (raw.Has(maxName) && maximum.Length > 0
            && !int.TryParse(maximum, NumberStyles.None, CultureInfo.InvariantCulture, out max))
        {
            return S3Faults.InvalidArgument.With($"{maxName} must be a number from 0 to 2147483647");
        }

        if (encoding is not ("" or "url"))
        {
            return S3Faults.InvalidArgument.With("encoding-type must be url");
        }

        query = new ListingQueryText
        {
            Prefix = prefix,
            Delimiter = delimiter,
            Max = Math.Min(max, MaxPage),
            EncodesKeys = encoding.Length > 0,
        };
        return null;
    }

    /// <summary>A parameter, empty if it is not there; false if it cannot be decoded.</summary>
    public static bool TryGet(S3Call call, string name, out string value) =>
        call.Target.Query.TryGet(name, out value) || !call.Target.Query.Has(name);
}
