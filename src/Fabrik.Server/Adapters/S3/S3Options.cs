using Fabrik.Server.Auth;

namespace Fabrik.Server.Adapters.S3;

/// <summary>What the S3 door serves, and to whom. Immutable: a reload of the configuration makes a new one.</summary>
public sealed record S3Options
{
    /// <summary>The name of the bucket that is there where none is configured.</summary>
    public const string DefaultBucket = "fabrik";

    /// <summary>The buckets that there are; all others are answered with NoSuchBucket.</summary>
    public IReadOnlyList<S3Bucket> Buckets { get; init; } = [new S3Bucket(DefaultBucket)];

    /// <summary>Domains whose sub-domains are buckets (virtual-host style), without a port.</summary>
    public IReadOnlyList<string> Domains { get; init; } = [];

    /// <summary>The keys that requests may be signed with, besides tokens.</summary>
    public IReadOnlyList<S3AccessKey> AccessKeys { get; init; } = [];

    /// <summary>What clients are told; a signature may be for any region.</summary>
    public string Region { get; init; } = "us-east-1";

    internal S3Bucket? Find(string bucket) => Buckets.FirstOrDefault(known => known.Name == bucket);

    internal S3AccessKey? FindKey(string id) =>
        AccessKeys.FirstOrDefault(key => string.Equals(key.Id, id, StringComparison.Ordinal));
}

/// <summary>A bucket.</summary>
/// <param name="Name">Its name: <see cref="Fabrik.Wire.S3.S3Target.IsBucketName"/>.</param>
public sealed record S3Bucket(string Name)
{
    /// <summary>How long an object lives at most; <see langword="null"/> takes the store's default.</summary>
    public TimeSpan? TimeToLive { get; init; }
}

/// <summary>An access key of the configuration. Its text form has no secret in it.</summary>
/// <param name="id">The public half.</param>
/// <param name="secret">The secret half.</param>
/// <param name="principal">Who signs with it.</param>
public sealed class S3AccessKey(string id, string secret, CachePrincipal principal)
{
    /// <summary>The public half.</summary>
    public string Id { get; } = id;

    /// <summary>The secret half.</summary>
    public string Secret { get; } = secret;

    /// <summary>Who signs with it.</summary>
    public CachePrincipal Principal { get; } = principal;

    /// <summary>The public half.</summary>
    public override string ToString() => Id;
}
