using Microsoft.AspNetCore.Http;

namespace Fabrik.Proxies.Configuration;

/// <summary>Who may read a bucket. Asked before anything is looked up, for every request.</summary>
public interface IAccessRule
{
    /// <summary>Decides; from memory, as a request waits for it.</summary>
    ValueTask<AccessDecision> DecideAsync(HttpContext context, CancellationToken cancellationToken);
}

/// <summary>What an access rule decides.</summary>
public enum AccessVerdict
{
    /// <summary>The request goes on.</summary>
    Allowed,

    /// <summary>401: nobody is shown to ask.</summary>
    Unauthenticated,

    /// <summary>403: whoever asks may not.</summary>
    Forbidden,
}

/// <summary>A verdict, and what the client is told with it.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Challenge">The value of <c>WWW-Authenticate</c> of a 401.</param>
/// <param name="Reason">A short word for metrics and logs (<c>expired</c>); clients are not told.</param>
public readonly record struct AccessDecision(AccessVerdict Verdict, string? Challenge = null, string? Reason = null);

/// <summary>How much may be asked of a bucket at a time.</summary>
public interface IRequestLimit
{
    /// <summary>Lets a request in; whoever is let in leaves again (<see cref="Leave"/>).</summary>
    /// <param name="context">The request.</param>
    /// <param name="refusal">Why it is not let in, and when it may come again.</param>
    bool TryEnter(HttpContext context, out LimitRefusal refusal);

    /// <summary>A request that was let in has ended.</summary>
    void Leave(HttpContext context);
}

/// <summary>Why a request is not let in.</summary>
/// <param name="IsFull">
/// Whether as many are served as can be at a time (503); else its sender, or all together, ask too often (429).
/// </param>
/// <param name="RetryAfter">When it may come again, where that is known.</param>
public readonly record struct LimitRefusal(bool IsFull, TimeSpan? RetryAfter);
