using System.Globalization;
using Fabrik.Wire.Http;
using Fabrik.Wire.Http.Caching;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Fabrik.Proxies.Storage;

/// <summary>
/// The headers of a stored answer, made ready once for all the times that it is sent. What changes by the second is
/// made once a second.
/// </summary>
internal sealed class PreparedHead
{
    private const string AcceptRanges = "Accept-Ranges";
    private const string Age = "Age";

    private readonly KeyValuePair<string, StringValues>[] _fields;
    private readonly string? _received;
    private Moment? _moment;

    /// <summary>The head of an answer.</summary>
    /// <param name="status">Its status; what is a success in whole can be asked for in parts.</param>
    /// <param name="fields">Its headers.</param>
    public PreparedHead(int status, IReadOnlyList<HeaderField> fields)
    {
        _received = fields.Joined(CacheStatus.FieldName);
        var lines = fields.Where(IsSent);
        if (status == StatusCodes.Status200OK && fields.First(AcceptRanges) is null)
        {
            lines = lines.Append(new HeaderField(AcceptRanges, "bytes"));
        }

        _fields =
        [
            .. lines
                .GroupBy(static line => line.Name, static line => line.Value, StringComparer.OrdinalIgnoreCase)
                .Select(static line => KeyValuePair.Create(line.Key, new StringValues([.. line]))),
        ];
    }

    /// <summary>Whether a header of the origin is sent as it came: this proxy writes some itself.</summary>
    public static bool IsSent(HeaderField field) => !field.Is("Content-Length")
        && !field.Is(CacheStatus.FieldName)
        && !StoredFields.IsHopByHop(field.Name);

    /// <summary>Writes the headers, and what a cache adds to them.</summary>
    /// <param name="headers">Of a response that has none of them yet.</param>
    /// <param name="status">The cache's part in the answer.</param>
    /// <param name="age">How old it is.</param>
    public void Write(IHeaderDictionary headers, in CacheStatus status, TimeSpan age)
    {
        foreach (var (name, values) in _fields)
        {
            headers[name] = values;
        }

        var seconds = age.Ticks / TimeSpan.TicksPerSecond;
        var moment = Volatile.Read(ref _moment);
        if (moment is null || moment.Seconds != seconds || moment.Status != status)
        {
            moment = new Moment(
                seconds, status, seconds.ToString(CultureInfo.InvariantCulture), status.AppendTo(_received));
            Volatile.Write(ref _moment, moment);
        }

        if (status.Forward == ForwardReason.None || seconds > 0)
        {
            headers[Age] = moment.Age;
        }

        headers[CacheStatus.FieldName] = moment.Text;
    }

    private sealed record Moment(long Seconds, CacheStatus Status, string Age, string Text);
}
