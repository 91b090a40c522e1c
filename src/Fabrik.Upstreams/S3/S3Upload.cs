using System.Buffers;
using Amazon.S3;
using Amazon.S3.Model;
using Fabrik.Upstreams.Objects;

namespace Fabrik.Upstreams.S3;

/// <summary>One object on its way up: a part of it at a time is in memory.</summary>
internal sealed class S3Upload(AmazonS3Client client, S3Options options, string key, ObjectContent content)
    : IDisposable
{
    private const int MaxParts = 10_000;

    private static readonly TimeSpan AbortTimeout = TimeSpan.FromSeconds(10);

    private readonly int _partSize = (int)Math.Max(
        Math.Min(options.PartSize, content.Length),
        Math.Min(S3Options.MaxPartSize, (content.Length + MaxParts - 1) / MaxParts));
    private readonly List<PartETag> _parts = [];
    private ReadOnlyMemory<byte> _head = content.Head;
    private long _left = content.Length;
    private byte[] _buffer = [];
    private int _count;
    private string? _uploadId;

    /// <summary>Under which key it will be.</summary>
    public string Key => key;

    /// <summary>Whether it has more parts than S3 takes.</summary>
    public bool IsTooLarge => content.Length > (long)_partSize * MaxParts;

    /// <summary>Whether one request takes it all.</summary>
    public bool IsWhole => content.Length <= _partSize;

    // TLS guards what is sent; without it the signature does.
    private bool IsUnsigned => options.Endpoint?.Scheme != Uri.UriSchemeHttp;

    private MemoryStream Part => new(_buffer, 0, _count, writable: false);

    /// <summary>Reads the next part; false when there is none.</summary>
    /// <exception cref="InvalidDataException">The body ended early.</exception>
    public async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        _buffer = _buffer.Length > 0 ? _buffer : ArrayPool<byte>.Shared.Rent(_partSize);
        var wanted = (int)Math.Min(_partSize, _left);
        _count = Math.Min(_head.Length, wanted);
        _head.Span[.._count].CopyTo(_buffer);
        _head = _head[_count..];
        while (_count < wanted)
        {
            var read = await content.Body.ReadAsync(cancellationToken);
            var taken = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, wanted - _count));
            taken.CopyTo(_buffer.AsSpan(_count));
            _count += (int)taken.Length;
            content.Body.AdvanceTo(taken.End);
            if (_count < wanted && (read.IsCompleted || read.IsCanceled))
            {
                throw new InvalidDataException($"the body of {key} ended {_left - _count} bytes early");
            }
        }

        _left -= _count;
        return _count > 0;
    }

    /// <summary>Stores what was read as the whole object.</summary>
    public async Task SendWholeAsync(string? ifNoneMatch, CancellationToken cancellationToken)
    {
        using var part = Part;
        var request = new PutObjectRequest
        {
            BucketName = options.Bucket,
            Key = key,
            InputStream = part,
            ContentType = "application/octet-stream",
            AutoCloseStream = false,
            UseChunkEncoding = false,
            DisablePayloadSigning = IsUnsigned,
            IfNoneMatch = ifNoneMatch,
        };
        await client.PutObjectAsync(request, cancellationToken);
    }

    /// <summary>Begins an upload in parts.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var request = new InitiateMultipartUploadRequest
        {
            BucketName = options.Bucket,
            Key = key,
            ContentType = "application/octet-stream",
        };
        _uploadId = (await client.InitiateMultipartUploadAsync(request, cancellationToken)).UploadId;
    }

    /// <summary>Sends what was read as the next part.</summary>
    public async Task SendPartAsync(CancellationToken cancellationToken)
    {
        using var part = Part;
        var request = new UploadPartRequest
        {
            BucketName = options.Bucket,
            Key = key,
            UploadId = _uploadId,
            PartNumber = _parts.Count + 1,
            PartSize = _count,
            InputStream = part,
            UseChunkEncoding = false,
            DisablePayloadSigning = IsUnsigned,
        };
        var sent = await client.UploadPartAsync(request, cancellationToken);
        _parts.Add(new PartETag(_parts.Count + 1, sent.ETag));
    }

    /// <summary>Makes the object of its parts.</summary>
    public async Task CompleteAsync(string? ifNoneMatch, CancellationToken cancellationToken)
    {
        var request = new CompleteMultipartUploadRequest
        {
            BucketName = options.Bucket,
            Key = key,
            UploadId = _uploadId,
            PartETags = _parts,
            IfNoneMatch = ifNoneMatch,
        };
        await client.CompleteMultipartUploadAsync(request, cancellationToken);
    }

    /// <summary>
    /// Throws the parts away, so that they do not stay and cost; also when the caller's time is up.
    /// </summary>
    public async Task AbortAsync(TimeProvider time)
    {
        using var timeout = new CancellationTokenSource(AbortTimeout, time);
        try
        {
            var request = new AbortMultipartUploadRequest
            {
                BucketName = options.Bucket,
                Key = key,
                UploadId = _uploadId,
            };
            await client.AbortMultipartUploadAsync(request, timeout.Token);
        }
        catch (Exception thrown) when (S3Faults.Classify(thrown, key, CancellationToken.None) is not null)
        {
            // What failed the upload fails this too, mostly; the bucket's own rule for such parts clears up then.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }
}
