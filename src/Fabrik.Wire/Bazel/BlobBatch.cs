using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Bazel.V2;
using Fabrik.Wire.Protos.Fields;
using Google.Protobuf;

namespace Fabrik.Wire.Bazel;

/// <summary>
/// A <c>BatchReadBlobsResponse</c> whose blobs are sent from where they lie. Whoever they lie with is let go of when
/// this is disposed of.
/// </summary>
/// <param name="count">How many blobs there are; each is set before the batch is written.</param>
public sealed class BlobBatch(int count) : IAsyncDisposable
{
    private readonly Part[] _parts = new Part[count];

    /// <summary>Sets a blob.</summary>
    /// <param name="index">Its place.</param>
    /// <param name="head">All but its bytes.</param>
    /// <param name="data">Its bytes.</param>
    /// <param name="owner">Whose the bytes are.</param>
    public void Set(
        int index,
        BatchReadBlobsResponse.Types.Response head,
        ReadOnlyMemory<byte> data = default,
        IAsyncDisposable? owner = null) =>
        _parts[index] = new Part(head, data, owner);

    /// <summary>Writes the response.</summary>
    public static void Write(BlobBatch batch, SerializationContext context)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(context);
        batch.Write(context);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var part in _parts)
        {
            if (part.Owner is { } owner)
            {
                await owner.DisposeAsync();
            }
        }

        Array.Clear(_parts);
    }

    private void Write(SerializationContext context)
    {
        var size = 0;
        foreach (var part in _parts)
        {
            size = checked(size + FieldWriter.SizeOf(part.Size));
        }

        context.SetPayloadLength(size);
        var output = context.GetBufferWriter();
        foreach (var part in _parts)
        {
            FieldWriter.WriteHead(output, BatchReadBlobsResponse.ResponsesFieldNumber, part.Size);
            part.Head.WriteTo(output);
            if (!part.Data.IsEmpty)
            {
                FieldWriter.Write(output, BatchReadBlobsResponse.Types.Response.DataFieldNumber, part.Data.Span);
            }
        }

        context.Complete();
    }

    private readonly struct Part(
        BatchReadBlobsResponse.Types.Response head, ReadOnlyMemory<byte> data, IAsyncDisposable? owner)
    {
        public BatchReadBlobsResponse.Types.Response Head { get; } = head;

        public ReadOnlyMemory<byte> Data { get; } = data;

        public IAsyncDisposable? Owner { get; } = owner;

        // Generated messages do not remember their size.
        public int Size { get; } = head.CalculateSize() + (data.IsEmpty ? 0 : FieldWriter.SizeOf(data.Length));
    }
}
