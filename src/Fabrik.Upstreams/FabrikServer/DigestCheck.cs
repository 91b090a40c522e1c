using System.Buffers;
using System.Security.Cryptography;
using Fabrik.Cache.Artifacts;

namespace Fabrik.Upstreams.FabrikServer;

/// <summary>Whether bytes that come piece by piece are the announced ones.</summary>
internal sealed class DigestCheck(ContentDigest expected) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Whether bytes that are all here are the announced ones.</summary>
    public static bool IsOf(in ReadOnlySequence<byte> bytes, ContentDigest expected)
    {
        using var check = new DigestCheck(expected);
        check.Add(bytes);
        return check.IsRight();
    }

    /// <summary>Takes the next bytes.</summary>
    public void Add(in ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes)
        {
            _hash.AppendData(segment.Span);
        }
    }

    /// <summary>Whether the bytes so far are all, and right.</summary>
    public bool IsRight()
    {
        Span<byte> digest = stackalloc byte[ContentDigest.Length];
        _hash.GetCurrentHash(digest);
        return digest.SequenceEqual(expected.Bytes);
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
