using System.Buffers;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Bazel.V2;
using Fabrik.Wire.Protos.Fields;

namespace Fabrik.Wire.Bazel;

/// <summary>
/// A <c>FindMissingBlobsRequest</c> as it was received: clients ask for tens of thousands of digests, of which no
/// objects are made. It belongs to the receiver, who disposes of it.
/// </summary>
public sealed class DigestQuestion : IDisposable
{
    private const int FirstPlaces = 256;

    private readonly int _length;
    private byte[] _bytes;
    private Range[] _places = [];

    private DigestQuestion(in ReadOnlySequence<byte> payload)
    {
        _length = checked((int)payload.Length);
        _bytes = ArrayPool<byte>.Shared.Rent(_length);
        payload.CopyTo(_bytes);
    }

    /// <summary>The instance that is asked.</summary>
    public string InstanceName { get; private set; } = "";

    /// <summary>What the digests were made with.</summary>
    public DigestFunction.Types.Value Function { get; private set; }

    /// <summary>How many digests there are.</summary>
    public int Count { get; private set; }

    /// <summary>One of the digests.</summary>
    public DigestSpan this[int index] => DigestSpan.Read(Encoded(index));

    /// <summary>One of the digests, as an object.</summary>
    public Digest MessageOf(int index) => Digest.Parser.ParseFrom(Encoded(index));

    /// <summary>Reads a request.</summary>
    /// <exception cref="InvalidDataException">The bytes are none.</exception>
    public static DigestQuestion Read(DeserializationContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var question = new DigestQuestion(context.PayloadAsReadOnlySequence());
        try
        {
            question.Read();
            return question;
        }
        catch
        {
            question.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        var (bytes, places) = (_bytes, _places);
        (_bytes, _places, Count) = ([], [], 0);
        ArrayPool<byte>.Shared.Return(bytes);
        ArrayPool<Range>.Shared.Return(places);
    }

    internal ReadOnlySpan<byte> Encoded(int index) => _bytes.AsSpan(_places.AsSpan(0, Count)[index]);

    private void Read()
    {
        var fields = new FieldReader(_bytes.AsSpan(0, _length));
        while (fields.Read())
        {
            if (fields.IsBytes(FindMissingBlobsRequest.BlobDigestsFieldNumber))
            {
                // A question with one that is no message is none: nobody meets it later.
                _ = DigestSpan.Read(fields.Bytes);
                Add(fields.Start..fields.Position);
            }
            else if (fields.IsBytes(FindMissingBlobsRequest.InstanceNameFieldNumber))
            {
                InstanceName = fields.Text;
            }
            else if (fields.IsNumber(FindMissingBlobsRequest.DigestFunctionFieldNumber))
            {
                Function = (DigestFunction.Types.Value)(int)fields.Number;
            }
        }
    }

    private void Add(Range place)
    {
        if (Count == _places.Length)
        {
            var larger = ArrayPool<Range>.Shared.Rent(Math.Max(FirstPlaces, 2 * Count));
            _places.AsSpan(0, Count).CopyTo(larger);
            ArrayPool<Range>.Shared.Return(_places);
            _places = larger;
        }

        _places[Count++] = place;
    }
}
