using Fabrik.Memcached.Destinations.Rewriting;
using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Destinations;

/// <summary>What strategies have to know of a command.</summary>
internal static class RequestTraits
{
    /// <summary>The expiry by which a binary counting asks not to make a value.</summary>
    public const uint BinaryNoCreation = 0xffff_ffff;

    /// <summary>Whether it asks for a value, or for what is known of it.</summary>
    public static bool IsRetrieval(Request request) =>
        request.Verb is Verb.Get or Verb.Gets or Verb.Gat or Verb.Gats or Verb.MetaGet or Verb.MetaDebug;

    /// <summary>Whether it changes or removes something.</summary>
    public static bool IsChange(Request request) =>
        request.Verb is Verb.Set or Verb.Add or Verb.Replace or Verb.Append or Verb.Prepend or Verb.Cas or Verb.MetaSet
            or Verb.Increment or Verb.Decrement or Verb.MetaArithmetic or Verb.Touch or Verb.Delete or Verb.MetaDelete
            or Verb.FlushAll;

    /// <summary>Whether it removes what a key has, in whatever way.</summary>
    public static bool IsDelete(Request request) => request.Verb is Verb.Delete or Verb.MetaDelete;

    /// <summary>Whether it is a retrieval that changes the value's life by the way, or makes a value.</summary>
    public static bool Touches(Request request) => request.Verb is Verb.Gat or Verb.Gats
        || (request.Verb == Verb.MetaGet
            && (RequestFlags.Has(request, (byte)'T') || RequestFlags.Has(request, (byte)'N')));

    /// <summary>
    /// Whether the client wants the number that only the server which gave it knows. The answer to a binary
    /// retrieval has one too, which is not meant here.
    /// </summary>
    public static bool WantsUnique(Request request) =>
        request.Verb is Verb.Gets or Verb.Gats
        || (request.Verb == Verb.MetaGet && RequestFlags.Has(request, (byte)'c'));

    /// <summary>
    /// Whether it is carried out only where the value has a certain number, which only one server knows.
    /// </summary>
    public static bool ComparesUnique(Request request) => request.Verb switch
    {
        Verb.Cas => true,
        Verb.MetaSet or Verb.MetaDelete or Verb.MetaArithmetic => RequestFlags.Has(request, (byte)'C'),
        _ => request.Command.Protocol == MemcachedProtocol.Binary && request.Command.Unique != 0,
    };

    /// <summary>
    /// Whether it may be carried out twice, at whichever servers, with no other outcome than once. What counts on,
    /// appends, compares, or takes a place that was free may not.
    /// </summary>
    public static bool IsRepeatable(Request request) => request.Verb switch
    {
        Verb.Add or Verb.Append or Verb.Prepend or Verb.Increment or Verb.Decrement or Verb.MetaArithmetic => false,
        Verb.MetaSet => IsPlainStore(request) || HasMode(request, (byte)'R'),
        Verb.MetaGet => !RequestFlags.Has(request, (byte)'N'),
        _ => !ComparesUnique(request),
    };

    /// <summary>Whether it stores a value whatever is there.</summary>
    public static bool IsPlainStore(Request request) => request.Verb switch
    {
        Verb.Set => !ComparesUnique(request),
        Verb.MetaSet => !ComparesUnique(request) && !RequestFlags.Has(request, (byte)'I')
            && (!RequestFlags.TryFind(request, (byte)'M', out _) || HasMode(request, (byte)'S')),
        _ => false,
    };

    /// <summary>Whether it removes a value whatever it is, at once.</summary>
    public static bool IsPlainDelete(Request request) => request.Verb switch
    {
        Verb.Delete => !ComparesUnique(request),
        Verb.MetaDelete => !ComparesUnique(request) && !RequestFlags.Has(request, (byte)'I')
            && !RequestFlags.Has(request, (byte)'x'),
        _ => false,
    };

    /// <summary>Whether it stores a value only where there is none.</summary>
    public static bool IsAdd(Request request) =>
        request.Verb == Verb.Add || (request.Verb == Verb.MetaSet && HasMode(request, (byte)'E'));

    /// <summary>
    /// Whether it makes a value where there is none, and changes the one that is there: <c>ma</c> and appending
    /// <c>ms</c> with <c>N</c>, and binary counting with an initial value.
    /// </summary>
    public static bool Creates(Request request) => request.Verb switch
    {
        Verb.MetaArithmetic => RequestFlags.Has(request, (byte)'N'),
        Verb.MetaSet => RequestFlags.Has(request, (byte)'N')
            && (HasMode(request, (byte)'A') || HasMode(request, (byte)'P')),
        Verb.Increment or Verb.Decrement => request.Command.Protocol == MemcachedProtocol.Binary
            && (uint)request.Command.Expiry != BinaryNoCreation,
        _ => false,
    };

    /// <summary>Whether the value that it sends is all that the key has then, where it is carried out.</summary>
    public static bool StoresAll(Request request) => request.Verb switch
    {
        Verb.Set or Verb.Cas or Verb.Add or Verb.Replace => true,
        Verb.MetaSet => !HasMode(request, (byte)'A') && !HasMode(request, (byte)'P')
            && !RequestFlags.Has(request, (byte)'I'),
        _ => false,
    };

    // Modes may be written in either case.
    private static bool HasMode(Request request, byte mode) =>
        RequestFlags.TryFind(request, (byte)'M', out var value) && value.Length > 0 && (value[0] & ~0x20) == mode;
}
