using System.IO.Pipelines;
using System.Security.Cryptography;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Wire.S3.Checksums;
using Fabrik.Wire.S3.Chunked;
using Fabrik.Wire.S3.Signing;
using Microsoft.AspNetCore.Http.Features;

namespace Fabrik.Server.Adapters.S3.Bodies;

/// <summary>
/// The body of a PUT: its framing taken off, its checksums taken as it passes and held against the announced ones.
/// </summary>
internal sealed class UploadBody : IDisposable
{
    private readonly AnnouncedChecksums _announced;
    private readonly ChecksumSet _checksums;
    private readonly HashingReader _reader;
    private AwsChunkedDecoder? _decoder;

    private UploadBody(PipeReader source, AnnouncedChecksums announced)
    {
        _announced = announced;
        _checksums = new ChecksumSet(announced.Algorithms);
        _reader = new HashingReader(source, _checksums);
    }

    /// <summary>The bytes of the object.</summary>
    public PipeReader Reader => _reader;

    /// <summary>How many there are, as announced; <see langword="null"/> if it was not.</summary>
    public long? Size { get; private init; }

    /// <summary>The SHA-256 that was announced, and signed.</summary>
    public ContentDigest? Digest { get; private init; }

    /// <summary>What was found to be wrong with it; <see langword="null"/> for nothing.</summary>
    public S3Fault? Fault { get; private set; }

    /// <summary>How many bytes have passed.</summary>
    public long Received => _reader.Count;

    /// <summary>The MD5 of what has passed, in hex.</summary>
    public string Md5
    {
        get
        {
            Span<byte> md5 = stackalloc byte[16];
            _checksums.Get(ChecksumAlgorithms.Md5, md5);
            return Convert.ToHexStringLower(md5);
        }
    }

    /// <summary>The checksum that is kept: header and value; <see langword="null"/> if none was announced.</summary>
    public KeyValuePair<string, string>? Checksum => _announced.Kept == ChecksumAlgorithms.None
        ? null
        : new(ChecksumNames.HeaderOf(_announced.Kept), _checksums.GetBase64(_announced.Kept));

    /// <summary>Takes a request's body.</summary>
    /// <param name="call">The request.</param>
    /// <param name="maxSize">The most bytes.</param>
    /// <param name="body">The body, if the answer is <see langword="null"/>.</param>
    /// <param name="hasChecksum">Whether <c>x-amz-checksum-</c> headers are of the body.</param>
    public static S3Fault? TryOpen(S3Call call, long maxSize, out UploadBody body, bool hasChecksum = true)
    {
        body = null!;
        if (AnnouncedChecksums.TryRead(call, hasChecksum, out var announced) is { } bad)
        {
            return bad;
        }

        var hash = call.Claims?.PayloadHash ?? call.Header("x-amz-content-sha256");
        var kind = hash is null ? PayloadKind.Unsigned : Payloads.KindOf(hash);
        var isChunked = kind is PayloadKind.SignedChunks or PayloadKind.SignedChunksWithTrailer
            or PayloadKind.UnsignedChunksWithTrailer;
        if (kind == PayloadKind.Ecdsa || (kind == PayloadKind.Unknown && call.Chunks is not null))
        {
            return S3Faults.InvalidRequest.With(
                "x-amz-content-sha256 must be a SHA-256 in hex, UNSIGNED-PAYLOAD or one of the STREAMING- values");
        }

        if (!TryReadSize(call, isChunked, out var size))
        {
            return S3Faults.MissingContentLength;
        }

        if (size > maxSize)
        {
            return S3Faults.EntityTooLarge.With($"The object is larger than {maxSize} bytes");
        }

        var decoder = isChunked ? Decoder(call, kind, size, announced) : null;
        PipeReader source = decoder is null ? call.Body : new ChunkedReader(call.Body, decoder);
        var digest = default(ContentDigest);
        body = new UploadBody(source, announced)
        {
            Size = size,
            Digest = kind == PayloadKind.Sha256 && ContentDigest.TryParse(hash, out digest) ? digest : null,
        };
        body._decoder = decoder;
        return null;
    }

    /// <summary>Holds what has passed against what was announced, once it has passed to its end.</summary>
    /// <returns>The fault as the store takes it; it is in <see cref="Fault"/> too.</returns>
    public CacheError? Check()
    {
        var value = _announced.Value ?? _decoder?.Trailer(ChecksumNames.HeaderOf(
            _announced.Kept == ChecksumAlgorithms.None ? ChecksumAlgorithms.Md5 : _announced.Kept));
        var isBad = (_announced.Md5 is { } md5 && !_checksums.Matches(ChecksumAlgorithms.Md5, md5))
            || (_announced.Kept != ChecksumAlgorithms.None
                && !_checksums.Matches(_announced.Kept, value));
        if (!isBad)
        {
            return null;
        }

        Fault = S3Faults.BadDigest;
        return CacheError.Client(CacheErrorKind.DigestMismatch, Fault.Message);
    }

    /// <summary>The same for a body that was read here, and whose SHA-256 the store does not check.</summary>
    public S3Fault? Check(byte[] bytes) =>
        Digest is { } digest && digest != new ContentDigest(SHA256.HashData(bytes)) ? S3Faults.PayloadMismatch
        : Check() is null ? null
        : Fault;

    /// <summary>What is wrong with the framing; <see langword="null"/> for nothing.</summary>
    public S3Fault? FramingFault =>
        _decoder is { Fault: not AwsChunkedFault.None } decoder ? S3Faults.OfChunks(decoder.Fault) : null;

    /// <summary>What to tell of a store's refusal, knowing the body.</summary>
    public S3Fault FaultOf(CacheError error) =>
        FramingFault is { } unframed ? unframed
        : Fault is not null ? Fault
        : error.Kind == CacheErrorKind.DigestMismatch ? S3Faults.PayloadMismatch
        : S3Faults.OfWrite(error);

    /// <inheritdoc/>
    public void Dispose()
    {
        _checksums.Dispose();
        _decoder?.Dispose();
    }

    private static AwsChunkedDecoder Decoder(
        S3Call call, PayloadKind kind, long? size, AnnouncedChecksums announced) => new(new AwsChunkedOptions
        {
            IgnoresSignatures = kind != PayloadKind.UnsignedChunksWithTrailer && call.Chunks is null,
            Signer = kind == PayloadKind.UnsignedChunksWithTrailer ? null : call.Chunks?.Invoke(),
            DecodedLength = size,
            HasTrailers = kind != PayloadKind.SignedChunks,
            TrailerNames = announced.TrailerNames,
        });

    // A PUT without a body needs no length.
    private static bool TryReadSize(S3Call call, bool isChunked, out long? size)
    {
        var canHaveBody = call.Http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true;
        size = canHaveBody ? call.Http.Request.ContentLength : 0;
        if (!isChunked)
        {
            return true;
        }

        var isNumber = long.TryParse(
            call.Header("x-amz-decoded-content-length"),
            System.Globalization.NumberStyles.None,
            System.Globalization.CultureInfo.InvariantCulture,
            out var decoded);
        size = decoded;
        return isNumber;
    }
}
