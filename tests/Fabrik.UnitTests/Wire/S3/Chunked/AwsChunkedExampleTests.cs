using System.Buffers;
using System.Text;
using Fabrik.UnitTests.Wire.S3.Signing;
using Fabrik.Wire.S3.Checksums;
using Fabrik.Wire.S3.Chunked;
using Fabrik.Wire.S3.Signing;
using Xunit;

namespace Fabrik.UnitTests.Wire.S3.Chunked;

/// <summary>The worked examples of the S3 API reference: a chunked upload, and one with a trailer.</summary>
public sealed class AwsChunkedExampleTests
{
    private const string SignedHeaders =
        "content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class";

    private static readonly byte[] Content = Enumerable.Repeat((byte)'a', 66_560).ToArray();

    [Theory]
    [InlineData(7)]
    [InlineData(4096)]
    [InlineData(100_000)]
    public void Chunks_DocumentedUpload_AreSignedAndVerified(int pieceSize)
    {
        var headers = Headers(Payloads.SignedChunks).Add("Content-Length", "66824");
        SignableRequest request = new("PUT", "/examplebucket/chunkObject.txt", "", headers);
        var seed = AwsExamples.Signer.Sign(
            request,
            SignedHeaders.Replace("host", "content-length;host", StringComparison.Ordinal),
            Payloads.SignedChunks,
            AwsExamples.Time);
        Assert.Equal("4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9", seed.Signature);

        var payload = Encode(seed, trailers: null);
        Assert.Equal(66_824, payload.Length);
        Assert.Equal(66_824, AwsChunkedEncoder.LengthOf(66_560, 65_536, isSigned: true));
        var text = Encoding.ASCII.GetString(payload);
        Assert.StartsWith(
            "10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\naaa",
            text,
            StringComparison.Ordinal);
        Assert.Contains(
            "400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n",
            text,
            StringComparison.Ordinal);
        Assert.EndsWith(
            "\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n",
            text,
            StringComparison.Ordinal);

        using AwsChunkedDecoder decoder = new(new AwsChunkedOptions
        {
            Signer = Chain(headers, request, seed),
            DecodedLength = 66_560,
        });
        AssertWhole(AwsChunkedReading.ReadAll(decoder, payload, pieceSize));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(100_000)]
    public void Trailers_DocumentedUpload_AreSignedAndVerified(int pieceSize)
    {
        var headers = Headers(Payloads.SignedChunksWithTrailer).Add("x-amz-trailer", "x-amz-checksum-crc32c");
        SignableRequest request = new("PUT", "/examplebucket/chunkObject.txt", "", headers);
        var seed = AwsExamples.Signer.Sign(
            request, $"{SignedHeaders};x-amz-trailer", Payloads.SignedChunksWithTrailer, AwsExamples.Time);
        Assert.Equal("106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e", seed.Signature);

        using ChecksumSet checksums = new(ChecksumAlgorithms.Crc32C);
        checksums.Append(Content);
        Assert.Equal("sOO8/Q==", checksums.GetBase64(ChecksumAlgorithms.Crc32C));
        KeyValuePair<string, string>[] trailers =
            [new("x-amz-checksum-crc32c", checksums.GetBase64(ChecksumAlgorithms.Crc32C))];

        var payload = Encode(seed, trailers);
        Assert.Equal(payload.Length, AwsChunkedEncoder.LengthOf(66_560, 65_536, isSigned: true, trailers));
        Assert.EndsWith(
            "0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n"
            + "x-amz-checksum-crc32c:sOO8/Q==\r\n"
            + "x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n",
            Encoding.ASCII.GetString(payload),
            StringComparison.Ordinal);

        // The documentation shows the payload without the empty line at its end, some clients one too many.
        foreach (var variant in (byte[][])[payload, payload[..^2], WithEmptyLineBeforeTrailers(payload)])
        {
            using AwsChunkedDecoder decoder = new(new AwsChunkedOptions
            {
                Signer = Chain(headers, request, seed),
                DecodedLength = 66_560,
                HasTrailers = true,
                TrailerNames = AwsChunkedOptions.ReadTrailerNames("X-Amz-Checksum-Crc32c"),
            });
            AssertWhole(AwsChunkedReading.ReadAll(decoder, variant, pieceSize));
            Assert.Equal("sOO8/Q==", decoder.Trailer("x-amz-checksum-crc32c"));
        }
    }

    private static TestHeaders Headers(string payload) => new(
        ("Host", "s3.amazonaws.com"),
        ("x-amz-date", AwsExamples.Date),
        ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
        ("x-amz-content-sha256", payload),
        ("Content-Encoding", "aws-chunked"),
        ("x-amz-decoded-content-length", "66560"));

    /// <summary>The chain as a server starts it, from the request it got.</summary>
    private static ChunkSigner Chain(TestHeaders headers, SignableRequest request, RequestSignature seed)
    {
        if (headers.Get("Authorization").Count == 0)
        {
            headers.Add("Authorization", seed.Authorization);
        }

        Assert.True(SignatureVerifier.Read(request, out var claims).IsOk);
        Assert.True(AwsExamples.Verifier.Verify(request, claims!, AwsExamples.Secret, AwsExamples.Time).IsOk);
        return AwsExamples.Verifier.StartChunks(claims!, AwsExamples.Secret);
    }

    private static byte[] Encode(RequestSignature seed, KeyValuePair<string, string>[]? trailers)
    {
        ArrayBufferWriter<byte> payload = new();
        AwsChunkedEncoder encoder = new(AwsExamples.Signer.StartChunks(seed, AwsExamples.Time));
        encoder.WriteChunk(payload, Content.AsSpan(0, 65_536));
        encoder.WriteChunk(payload, Content.AsSpan(65_536));
        encoder.WriteEnd(payload, trailers);
        return payload.WrittenSpan.ToArray();
    }

    private static byte[] WithEmptyLineBeforeTrailers(byte[] payload)
    {
        var at = payload.AsSpan().IndexOf("x-amz-checksum"u8);
        return [.. payload[..at], .. "\r\n"u8, .. payload[at..]];
    }

    private static void AssertWhole((byte[] Data, AwsChunkedFault Fault) read)
    {
        Assert.Equal(AwsChunkedFault.None, read.Fault);
        Assert.Equal(Content, read.Data);
    }
}
