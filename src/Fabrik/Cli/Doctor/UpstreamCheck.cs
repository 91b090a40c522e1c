using System.Security.Authentication;
using System.Security.Cryptography;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Layers;

namespace Fabrik.Cli.Doctor;

/// <summary>Whether an upstream answers, how quickly, with which rights, and by which clock.</summary>
internal sealed class UpstreamCheck(ICacheTier tier, UpstreamOptions options, TimeProvider time)
{
    // The first question makes the connection; the fastest of the others is what a build will see.
    private const int Questions = 4;

    // Tokens and signatures of requests bear a clock that is this far off (auth.clock_skew's default).
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    private const string TlsAdvice =
        "check that its certificate has this name and has not ended; an authority of your own belongs into ca_file";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Asks it.</summary>
    public async ValueTask<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        List<Finding> findings = [];
        TimeSpan? best = null;
        for (int i = 0; i < Questions; i++)
        {
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Patience);
            long start = time.GetTimestamp();
            if (await AskAsync(limit.Token, cancellationToken) is { } error)
            {
                findings.Add(Failure(error));
                await ExplainAsync(error, findings, limit.Token);
                return findings;
            }

            TimeSpan took = time.GetElapsedTime(start);
            best = best < took ? best : took;
        }

        findings.Add(Latency(best!.Value));
        if (tier is IProbedTier probed)
        {
            await ProbeAsync(probed, findings, cancellationToken);
        }

        return findings;
    }

    private async ValueTask<CacheError?> AskAsync(CancellationToken limited, CancellationToken caller)
    {
        try
        {
            // A token that may only write must not be asked to read.
            if (options.WriteOnly && tier is IProbedTier probed)
            {
                CacheResult<TierProbe> probe = await probed.ProbeAsync(limited);
                return probe.TryGet(out TierProbe? said, out CacheError? error) ? said.Refusal : error;
            }

            // An id that nobody has: a miss is the right answer.
            ArtifactId id = new(RandomNumberGenerator.GetBytes(ArtifactId.Length));
            return (await tier.StatAsync(id, limited)).Error;
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            return CacheError.Internal(
                CacheErrorKind.Timeout, $"no answer within {Patience.TotalSeconds} s from {options.Name}");
        }
    }

    private Finding Latency(TimeSpan best)
    {
        string text = $"answers in {best.TotalMilliseconds:0.0} ms";
        return best > options.MaxLatency
            ? Finding.Warning(
                options.Name,
                text,
                $"slower than max_latency = {options.MaxLatency.TotalMilliseconds:0} ms: it will be skipped; "
                + "use a nearer one, or raise the limit")
            : Finding.Fine(options.Name, text);
    }

    private async ValueTask ProbeAsync(IProbedTier probed, List<Finding> findings, CancellationToken cancellationToken)
    {
        DateTimeOffset before = time.GetUtcNow();
        CacheResult<TierProbe> result = await probed.ProbeAsync(cancellationToken);
        DateTimeOffset after = time.GetUtcNow();
        if (!result.TryGet(out TierProbe? probe, out CacheError? error))
        {
            findings.Add(Failure(error));
            return;
        }

        if (probe.Server is { } server)
        {
            findings.Add(Finding.Fine(options.Name, $"is {server}"));
        }

        if (probe.Permissions is { } permissions)
        {
            findings.Add(Rights(permissions));
        }

        if (probe.Clock is { } clock)
        {
            findings.Add(ClockFinding(clock - (before + ((after - before) / 2))));
        }
    }

    // A token may be refused only because a clock is wrong.
    private async ValueTask ExplainAsync(CacheError error, List<Finding> findings, CancellationToken cancellationToken)
    {
        if (error.Kind == CacheErrorKind.Denied && tier is IProbedTier probed)
        {
            await ProbeAsync(probed, findings, cancellationToken);
        }
    }

    private Finding ClockFinding(TimeSpan off) => off.Duration() > Skew
        ? Finding.Warning(
            options.Name,
            $"its clock is {off.TotalSeconds:+0;-0} s off ours",
            "set both clocks by NTP: tokens and signatures are refused when clocks differ")
        : Finding.Fine(options.Name, $"its clock is ours ({off.TotalSeconds:+0.0;-0.0} s)");

    private Finding Failure(CacheError error) =>
        Finding.Failure(options.Name, error.Message, IsTls(error.Cause) ? TlsAdvice : AdviceFor(error.Kind));

    private Finding Rights(IReadOnlyList<string> permissions)
    {
        string text = $"the token may {(permissions.Count == 0 ? "do nothing" : string.Join(", ", permissions))}";
        bool canRead = permissions.Contains("cache:read", StringComparer.Ordinal);
        bool canWrite = permissions.Contains("cache:write", StringComparer.Ordinal);
        bool writes = !options.ReadOnly && options.WriteThrough != WriteThrough.Off;
        return !canRead && !options.WriteOnly
            ? Finding.Failure(options.Name, text, "it needs cache:read")
            : writes && !canWrite
                ? Finding.Warning(options.Name, text, "set read_only = true, or get a token with cache:write")
                : Finding.Fine(options.Name, text);
    }

    private static bool IsTls(Exception? cause)
    {
        while (cause is not null and not AuthenticationException)
        {
            cause = cause.InnerException;
        }

        return cause is not null;
    }

    private static string AdviceFor(CacheErrorKind kind) => kind switch
    {
        CacheErrorKind.Denied => "check the token or the keys, and both clocks",
        CacheErrorKind.Unavailable or CacheErrorKind.Timeout =>
            "check that it runs, that its name resolves here, and that no firewall is between",
        CacheErrorKind.Overloaded => "it is too busy now: try again, and look at its own metrics",
        CacheErrorKind.InvalidRequest => "check url, bucket and region",
        _ => "look at its own log",
    };
}
