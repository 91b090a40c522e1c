using Fabrik.Upstreams.Http;

namespace Fabrik.Upstreams.GitHubActions;

/// <summary>The cache service of one job of GitHub Actions.</summary>
public sealed record GitHubCacheOptions
{
    /// <summary>The service's root; ends in a slash.</summary>
    public required Uri Service { get; init; }

    /// <summary>The job's token; it is never shown.</summary>
    public required string Token { get; init; }

    /// <summary>What all keys begin with, so that they are told from other caches of the repository.</summary>
    public string KeyPrefix { get; init; } = "fabrik/";

    /// <summary>Whether the job may read caches.</summary>
    public bool MayRead { get; init; } = true;

    /// <summary>Whether the job may store caches.</summary>
    public bool MayWrite { get; init; } = true;

    /// <summary>When the token ends; null where it does not say.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The largest object; the service takes 10 GB for a whole repository unless more is paid for.</summary>
    public long MaxSize { get; init; } = 10_000_000_000;

    /// <summary>Objects up to this many bytes are sent in one request, larger ones in blocks of this size.</summary>
    public int BlockSize { get; init; } = 32 * 1024 * 1024;

    /// <summary>How GitHub is reached.</summary>
    public HttpLinkOptions Link { get; init; } = new();

    /// <summary>The clock of pauses and of the token's end.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Without the token.</summary>
    public override string ToString() => $"GitHub Actions cache at {Service.Authority}";
}
