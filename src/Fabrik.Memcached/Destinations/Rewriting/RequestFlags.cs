using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Destinations.Rewriting;

/// <summary>Looks for flags of meta commands.</summary>
internal static class RequestFlags
{
    /// <summary>Whether a meta command has a flag.</summary>
    public static bool Has(Request request, byte flag) => TryFind(request, flag, out _);

    /// <summary>Finds a flag.</summary>
    /// <param name="request">A meta command.</param>
    /// <param name="flag">Its letter.</param>
    /// <param name="value">What stands behind the letter.</param>
    public static bool TryFind(Request request, byte flag, out ReadOnlySpan<byte> value)
    {
        var flags = new MetaFlags(request.Message, request.Command);
        while (flags.MoveNext())
        {
            if (flags.Flag == flag)
            {
                value = flags.Value;
                return true;
            }
        }

        value = default;
        return false;
    }
}
