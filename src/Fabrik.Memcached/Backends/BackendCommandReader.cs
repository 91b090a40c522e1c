using Fabrik.Memcached.Requests;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Backends;

/// <summary>Makes commands of requests in all protocols.</summary>
internal static class BackendCommandReader
{
    // What the binary protocol has for "do not create", in both readings of its 32 bits.
    private const long DoNotCreate = -1;

    /// <summary>Reads a request; null for what only a memcached server can do.</summary>
    public static BackendCommand? TryRead(Request request)
    {
        ref readonly var command = ref request.Command;
        if (command.KeyLength == 0)
        {
            return null;
        }

        return command.Verb switch
        {
            Verb.Get or Verb.Gets => Make(request, BackendAction.Get),
            Verb.Gat or Verb.Gats => Make(request, BackendAction.Get) with { Expiry = command.Expiry },
            Verb.Touch => Make(request, BackendAction.Touch) with { Expiry = command.Expiry },
            Verb.Delete => Make(request, BackendAction.Delete),
            Verb.Set => Store(request, command.Unique == 0 ? BackendAction.Set : BackendAction.CompareAndSwap),
            Verb.Cas => Store(request, BackendAction.CompareAndSwap),
            Verb.Add => Store(request, BackendAction.Add),
            Verb.Replace => Store(request, BackendAction.Replace),
            Verb.Append => Store(request, BackendAction.Append) with { Expiry = null },
            Verb.Prepend => Store(request, BackendAction.Prepend) with { Expiry = null },
            Verb.Increment => Count(request, BackendAction.Increment),
            Verb.Decrement => Count(request, BackendAction.Decrement),
            Verb.MetaGet or Verb.MetaSet or Verb.MetaDelete or Verb.MetaArithmetic => ReadMeta(request),
            _ => null,
        };
    }

    private static BackendCommand Make(Request request, BackendAction action) => new()
    {
        Action = action,
        Key = KeyOf(request),
        Unique = request.Command.Unique,
    };

    // Not the key by which servers are chosen, which may be another one.
    private static byte[] KeyOf(Request request)
    {
        if (!request.Command.HasEncodedKey)
        {
            return request.Key.ToArray();
        }

        Span<byte> key = stackalloc byte[ReaderLimits.MaxKeyLength];
        return key[..MetaKey.Decode(request.Key, key)].ToArray();
    }

    private static BackendCommand Store(Request request, BackendAction action) => Make(request, action) with
    {
        Value = request.Value.ToArray(),
        ClientFlags = request.Command.ClientFlags,
        Expiry = request.Command.Expiry,
    };

    private static BackendCommand Count(Request request, BackendAction action)
    {
        var command = request.Command;
        var creates = command.Protocol == MemcachedProtocol.Binary
            && command.Expiry is not (DoNotCreate or uint.MaxValue);
        return Make(request, action) with
        {
            Delta = command.Delta,
            Initial = creates ? command.Initial : null,
            Expiry = creates ? command.Expiry : null,
        };
    }

    private static BackendCommand? ReadMeta(Request request)
    {
        var seen = new MetaWishes();
        var flags = new MetaFlags(request.Message, in request.Command);
        while (flags.MoveNext())
        {
            if (!seen.TryTake(request.Verb, flags.Flag, flags.Value))
            {
                return null;
            }
        }

        return request.Verb switch
        {
            Verb.MetaGet => Make(request, BackendAction.Get) with
            {
                Expiry = seen.HasExpiry ? request.Command.Expiry : null,
                WithoutValue = !seen.WantsValue,
            },
            Verb.MetaSet => ReadMetaSet(request, seen),
            Verb.MetaDelete => Make(request, BackendAction.Delete),
            _ => ReadMetaCount(request, seen),
        };
    }

    private static BackendCommand? ReadMetaSet(Request request, MetaWishes seen)
    {
        BackendAction? action = (char)(seen.Mode | 0x20) switch
        {
            's' or ' ' => request.Command.Unique == 0 ? BackendAction.Set : BackendAction.CompareAndSwap,
            'e' => BackendAction.Add,
            'r' => BackendAction.Replace,
            'a' => BackendAction.Append,
            'p' => BackendAction.Prepend,
            _ => null,
        };
        if (action is not { } known)
        {
            return null;
        }

        var command = Store(request, known);
        return known is BackendAction.Append or BackendAction.Prepend ? command with { Expiry = null } : command;
    }

    private static BackendCommand? ReadMetaCount(Request request, MetaWishes seen)
    {
        var command = request.Command;
        BackendAction? action = (char)seen.Mode switch
        {
            'I' or 'i' or '+' or '\0' => BackendAction.Increment,
            'D' or 'd' or '-' => BackendAction.Decrement,
            _ => null,
        };
        return action is not { } known ? null : Make(request, known) with
        {
            Delta = seen.HasDelta ? command.Delta : 1,
            Initial = seen.NewExpiry is null ? null : command.Initial,
            Expiry = seen.HasExpiry ? command.Expiry : seen.NewExpiry,
        };
    }
}
