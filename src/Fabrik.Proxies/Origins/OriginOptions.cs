using System.Security.Cryptography.X509Certificates;
using Fabrik.Wire.S3.Signing;

namespace Fabrik.Proxies.Origins;

/// <summary>The credentials for the next request to a replica; null for none, that is, a public bucket.</summary>
/// <exception cref="IOException">There should be some, and they cannot be had.</exception>
public delegate ValueTask<SigningCredentials?> OriginCredentials(CancellationToken cancellationToken);

/// <summary>What is behind a bucket.</summary>
public sealed record OriginOptions
{
    /// <summary>Its name, for logs and metrics.</summary>
    public required string Name { get; init; }

    /// <summary>Where it can be had, the first choice first; at least one.</summary>
    public required IReadOnlyList<ReplicaOptions> Replicas { get; init; }

    /// <summary>The longest that connecting takes, with name look-up and TLS.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest that the head of an answer takes.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest that a body may be silent.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection is used; then a change of address in DNS is noticed.</summary>
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Connections to each replica at a time; what is above waits for one.</summary>
    public int MaxConnections { get; init; } = 256;

    /// <summary>How often a read is sent again, at most, where all else allows it.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>
    /// Whether a 5xx or 429 is a failure: a reason to ask again, and to leave the replica alone after some. True for
    /// object stores, which ask for just that; for other servers one broken page says nothing of the next.
    /// </summary>
    public bool RetriesStatuses { get; init; } = true;

    /// <summary>
    /// How long a replica may take for the head of an answer until another is asked besides; the first answer counts.
    /// About the time within which 95 of 100 requests are answered. Null, the default, asks one at a time.
    /// </summary>
    public TimeSpan? HedgeAfter { get; init; }

    /// <summary>The most of such requests, as a share of all: 0.05 is one in twenty.</summary>
    public double HedgeRatio { get; init; } = 0.05;

    /// <summary>
    /// The name under which a plain HTTP server is told by <c>Via</c> who asks (RFC 9110, section 7.6.3): a token; null
    /// for none. An object store never is: the header would be outside of the signature.
    /// </summary>
    public string? ViaName { get; init; } = "fabrik";

    /// <summary>Failures in a row after which a replica is left alone.</summary>
    public int BreakerFailures { get; init; } = 5;

    /// <summary>For how long, at first; it doubles up to a minute.</summary>
    public TimeSpan BreakerPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often each replica's health is looked at; null leaves it to the requests.</summary>
    public TimeSpan? HealthInterval { get; init; }

    /// <summary>What a look at its health asks for (HEAD); any answer below 500 is a healthy one.</summary>
    public string HealthTarget { get; init; } = "/";

    /// <summary>Whether these are the same settings: also where they were read twice, but for credentials.</summary>
    public bool IsSameAs(OriginOptions other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return this with { Replicas = other.Replicas } == other && Replicas.SequenceEqual(other.Replicas);
    }
}

/// <summary>One place where a bucket can be had.</summary>
public sealed record ReplicaOptions
{
    /// <summary>Its name, for logs and metrics.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The endpoint: scheme, host, port, and a path that all targets begin with. Of an S3 endpoint without the bucket.
    /// </summary>
    public required Uri Url { get; init; }

    /// <summary>The longest that the head of its answers takes; null for that of the origin.</summary>
    public TimeSpan? AnswerTimeout { get; init; }

    /// <summary>What S3 needs; null for a plain HTTP server.</summary>
    public S3ReplicaOptions? S3 { get; init; }

    /// <summary>The only authorities that may vouch for the server; null for those of the system.</summary>
    public X509Certificate2Collection? Authorities { get; init; }
}

/// <summary>How an S3 endpoint is asked.</summary>
public sealed record S3ReplicaOptions
{
    /// <summary>The bucket there.</summary>
    public required string Bucket { get; init; }

    /// <summary>The region, which is part of each signature.</summary>
    public required string Region { get; init; }

    /// <summary>Whether the bucket stands in the path (<c>/bucket/key</c>), not in front of the host.</summary>
    public bool UsesPathStyle { get; init; } = true;

    /// <summary>Where the access key comes from; null asks without a signature.</summary>
    public OriginCredentials? Credentials { get; init; }
}
