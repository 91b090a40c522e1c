using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Backends;

/// <summary>What became of a <see cref="BackendCommand"/>.</summary>
internal sealed record BackendAnswer
{
    /// <summary>
    /// Bytes that <see cref="Room"/> keeps free before the value, for what stands before it in an answer.
    /// </summary>
    public const int HeadRoom = ReplyWriter.MaxHead;

    /// <summary>Bytes that it keeps free behind the value, for the line's end.</summary>
    public const int TailRoom = 2;

    /// <summary>It was done.</summary>
    public static readonly BackendAnswer Done = new() { Kind = ReplyKind.Done };

    /// <summary>There is nothing.</summary>
    public static readonly BackendAnswer Miss = new() { Kind = ReplyKind.Miss };

    /// <summary>The condition does not hold.</summary>
    public static readonly BackendAnswer NotStored = new() { Kind = ReplyKind.NotStored };

    /// <summary>The value has another number.</summary>
    public static readonly BackendAnswer Exists = new() { Kind = ReplyKind.Exists };

    /// <summary>The value that is to be counted with is no number.</summary>
    public static readonly BackendAnswer NotNumeric = new() { Kind = ReplyKind.ClientError, IsNotNumeric = true };

    /// <summary>The value is larger than it may be.</summary>
    public static readonly BackendAnswer TooLarge = new() { Kind = ReplyKind.ServerError, IsTooLarge = true };

    /// <summary>What it says.</summary>
    public required ReplyKind Kind { get; init; }

    /// <summary>
    /// The value of a hit between <see cref="HeadRoom"/> and <see cref="TailRoom"/>; from the shared pool of arrays,
    /// and whoever has the answer gives it back. Null for none.
    /// </summary>
    public byte[]? Room { get; init; }

    /// <summary>What is told of a hit.</summary>
    public HitHead Hit { get; init; }

    /// <summary>The number of what was stored; 0 if it is not known.</summary>
    public ulong Unique { get; init; }

    /// <summary>What counting led to; null for all else.</summary>
    public ulong? Number { get; init; }

    /// <summary>Why it could not be done; of an error.</summary>
    public string Text { get; init; } = "";

    /// <summary>Whether the value is no number.</summary>
    public bool IsNotNumeric { get; init; }

    /// <summary>Whether the value is too large.</summary>
    public bool IsTooLarge { get; init; }

    /// <summary>A failure of the backend.</summary>
    public static BackendAnswer Failed(string text) => new() { Kind = ReplyKind.ServerError, Text = text };

    /// <summary>A command that is not for this backend.</summary>
    public static BackendAnswer Refused(string text) => new() { Kind = ReplyKind.ClientError, Text = text };
}
