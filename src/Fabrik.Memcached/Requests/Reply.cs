using Fabrik.Memcached.Buffers;
using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.Requests;

/// <summary>
/// An answer, in the words of the protocol that the request came in. Whoever has it lets go of it once, with
/// <see cref="Release"/>, or hands it on.
/// </summary>
/// <remarks>
/// Of a retrieval by <see cref="Verb.Get"/> to <see cref="Verb.Gats"/> in the text protocol it is what belongs to the
/// one key: a <c>VALUE</c> line with its value, or nothing at all for a miss; the client's side adds <c>END</c>. All
/// else is whole: lines with their ends, packets with their header.
/// </remarks>
internal readonly struct Reply
{
    /// <summary>A miss without words: that of a key of a retrieval by lines.</summary>
    public static readonly Reply Miss = Constant(ReplyKind.Miss, []);

    /// <summary>The block that its bytes are in, which is held for it.</summary>
    public required Block Block { get; init; }

    /// <summary>Where they begin.</summary>
    public int Offset { get; init; }

    /// <summary>How many there are.</summary>
    public int Length { get; init; }

    /// <summary>Bytes of the value; only of a hit.</summary>
    public int ValueLength { get; init; }

    /// <summary>The client's flags; only of a hit.</summary>
    public uint ClientFlags { get; init; }

    /// <summary>
    /// Where the value begins, counted from <see cref="Offset"/>; only of a hit. No head of an answer is longer.
    /// </summary>
    public ushort ValueOffset { get; init; }

    /// <summary>What it says.</summary>
    public ReplyKind Kind { get; init; }

    /// <summary>
    /// Whether no server can have got the request: only of a failure, such as that of a connection that never came
    /// about. What must not be carried out twice may then be sent elsewhere.
    /// </summary>
    public bool WasNotSent { get; init; }

    /// <summary>Where its bytes are.</summary>
    public byte[] Bytes => Block.Bytes;

    /// <summary>All of it.</summary>
    public ReadOnlySpan<byte> Message => Length == 0 ? default : Bytes.AsSpan(Offset, Length);

    /// <summary>The value.</summary>
    public ReadOnlySpan<byte> Value => ValueLength == 0 ? default : Bytes.AsSpan(Offset + ValueOffset, ValueLength);

    /// <summary>Whether the server, or the way to it, failed: another one may do better.</summary>
    public bool IsFailure => Kind is ReplyKind.Failed or ReplyKind.ServerError;

    /// <summary>An answer of constant bytes.</summary>
    public static Reply Constant(ReplyKind kind, byte[] bytes) =>
        new() { Kind = kind, Block = Block.Constant(bytes), Length = bytes.Length };

    /// <summary>Lets go of it.</summary>
    public void Release() => Block?.Release();
}
