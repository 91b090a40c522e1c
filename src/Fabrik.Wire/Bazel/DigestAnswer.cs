using System.Buffers;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Bazel.V2;
using Fabrik.Wire.Protos.Fields;

namespace Fabrik.Wire.Bazel;

/// <summary>
/// A <c>FindMissingBlobsResponse</c>: those digests of a question that are missing, sent as they came.
/// </summary>
/// <param name="question">The question; must be there until the answer is written.</param>
public sealed class DigestAnswer(DigestQuestion question) : IDisposable
{
    private readonly int[] _missing = ArrayPool<int>.Shared.Rent(question.Count);
    private int _count;

    /// <summary>Adds a digest of the question; each at most once.</summary>
    public void Add(int index) => _missing[_count++] = index;

    /// <summary>Writes the response.</summary>
    public static void Write(DigestAnswer answer, SerializationContext context)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(context);
        answer.Write(context);
    }

    /// <inheritdoc/>
    public void Dispose() => ArrayPool<int>.Shared.Return(_missing);

    private void Write(SerializationContext context)
    {
        var missing = _missing.AsSpan(0, _count);
        var size = 0;
        foreach (var index in missing)
        {
            size += FieldWriter.SizeOf(question.Encoded(index).Length);
        }

        context.SetPayloadLength(size);
        var output = context.GetBufferWriter();
        foreach (var index in missing)
        {
            FieldWriter.Write(
                output, FindMissingBlobsResponse.MissingBlobDigestsFieldNumber, question.Encoded(index));
        }

        context.Complete();
    }
}
