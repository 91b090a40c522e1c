using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Fabrik.Wire.S3.Signing;

namespace Fabrik.Wire.S3.Chunked;

/// <summary>The trailers of an aws-chunked payload: what was announced, what came, and their signature.</summary>
internal sealed class AwsChunkedTrailers(AwsChunkedOptions options)
{
    private const string SignatureName = "x-amz-trailer-signature";

    // Sorted, which is the order in which they are signed.
    private readonly SortedDictionary<string, string> _values = new(StringComparer.Ordinal);
    private string? _signature;
    private long _length;

    /// <summary>Whether all that was announced came, and the signature where there has to be one.</summary>
    public bool IsComplete =>
        options.TrailerNames.All(_values.ContainsKey) && (!options.HasSignatures || _signature is not null);

    public string? Find(string name) => _values.GetValueOrDefault(name);

    /// <summary>Takes a line, without its line feed.</summary>
    public AwsChunkedFault Add(in ReadOnlySequence<byte> line)
    {
        _length += line.Length + 1;
        if (_length > options.MaxTrailersLength)
        {
            return AwsChunkedFault.TooLong;
        }

        var text = Encoding.UTF8.GetString(line).TrimEnd('\r');
        if (text.Length == 0)
        {
            return AwsChunkedFault.None;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
        {
            return AwsChunkedFault.Malformed;
        }

        var name = text[..colon].ToLowerInvariant();
        var value = text[(colon + 1)..].Trim();
        if (name == SignatureName)
        {
            var isGood = options.HasSignatures && _signature is null
                && value.Length == ChunkSigner.SignatureLength && Ascii.IsValid(value);
            _signature = value;
            return isGood ? AwsChunkedFault.None : AwsChunkedFault.Malformed;
        }

        return !options.TrailerNames.Contains(name, StringComparer.Ordinal) ? AwsChunkedFault.UnknownTrailer
            : !_values.TryAdd(name, value) ? AwsChunkedFault.Malformed
            : AwsChunkedFault.None;
    }

    /// <summary>Holds the signature against the chain, once.</summary>
    public AwsChunkedFault Finish()
    {
        if (!IsComplete)
        {
            return AwsChunkedFault.MissingTrailer;
        }

        if (options.Signer is null)
        {
            return AwsChunkedFault.None;
        }

        Span<byte> expected = stackalloc byte[ChunkSigner.SignatureLength];
        Span<byte> given = stackalloc byte[ChunkSigner.SignatureLength];
        options.Signer.SignTrailer(Hash(_values), expected);
        Encoding.ASCII.GetBytes(_signature, given);
        return CryptographicOperations.FixedTimeEquals(expected, given)
            ? AwsChunkedFault.None
            : AwsChunkedFault.SignatureMismatch;
    }

    /// <summary>The hash that the signature of trailers covers.</summary>
    internal static byte[] Hash(SortedDictionary<string, string> trailers) => SHA256.HashData(
        Encoding.UTF8.GetBytes(string.Concat(trailers.Select(trailer => $"{trailer.Key}:{trailer.Value}\n"))));
}
