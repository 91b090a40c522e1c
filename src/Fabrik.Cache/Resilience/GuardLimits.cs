namespace Fabrik.Cache.Resilience;

/// <summary>The limits of a guard that no setting changes, and where each comes from.</summary>
internal static class GuardLimits
{
    /// <summary>
    /// Answers of <see cref="CacheErrorKind.Denied"/> in a row that open the breaker. One may be the answer for one
    /// artifact; credentials that are refused twice will be refused for the rest of the build.
    /// </summary>
    public const int DeniedInRow = 2;

    /// <summary>Requests within the window below which a share of failures says nothing.</summary>
    public const int RatioMinimum = 20;

    /// <summary>The share of failures that opens the breaker: half of the reads are then a wait for nothing.</summary>
    public const double FailureRatio = 0.5;

    /// <summary>
    /// Operations that were given up and have not ended. Tiers end theirs when they are cancelled; one that does not
    /// costs this many at most, and is then not asked again until some have ended.
    /// </summary>
    public const int MaxLeftBehind = 64;

    /// <summary>
    /// Bytes by which an upload may run ahead of the minimal rate. Object stores take parts of 5 to 8 MiB from us at
    /// once and then are busy with them.
    /// </summary>
    public const long UploadCredit = 8L << 20;

    /// <summary>
    /// Answers below which nobody is skipped for slowness: a first one that waits for name, connection, TLS and the
    /// other side's own start says little of those that follow.
    /// </summary>
    public const int AnswersToJudge = 4;

    /// <summary>Answers below which the slow end of the distribution is not known, and nothing is hedged.</summary>
    public const int HedgeSamples = 20;

    /// <summary>Second requests for one read, as a share of all reads: what hedging may cost an upstream.</summary>
    public const double HedgeRatio = 0.05;

    /// <summary>Second requests that may be saved up.</summary>
    public const int HedgeBurst = 5;

    /// <summary>Retries, as a share of all requests: an upstream in trouble gets little more load.</summary>
    public const double RetryRatio = 0.15;

    /// <summary>Retries that may be saved up: one page of a build tool that meets a restart upstream.</summary>
    public const int RetryBurst = 10;

    /// <summary>Bodies below this size say more of the answer time than of the throughput.</summary>
    public const long ThroughputSample = 64 * 1024;

    /// <summary>The longest that a breaker stays open, also where the upstream asks for more.</summary>
    public static TimeSpan MaxBreakerPause => TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long a read waits for the answer to the probe that it has become: an upstream that hangs, and is found out
    /// about with every build, costs it no more than this.
    /// </summary>
    public static TimeSpan ProbePatience => TimeSpan.FromMilliseconds(100);

    /// <summary>Half of the time over which the share of failures is counted.</summary>
    public static TimeSpan RatioHalfWindow => TimeSpan.FromSeconds(15);

    /// <summary>Over what time the minimal rate must be reached.</summary>
    public static TimeSpan RateWindow => TimeSpan.FromSeconds(5);

    /// <summary>The soonest that a second request is sent: below it the first is nearly there.</summary>
    public static TimeSpan MinHedgeDelay => TimeSpan.FromMilliseconds(10);

    /// <summary>The shortest pause before a retry.</summary>
    public static TimeSpan RetryBase => TimeSpan.FromMilliseconds(20);

    /// <summary>The longest pause before a retry.</summary>
    public static TimeSpan RetryCap => TimeSpan.FromSeconds(1);

    /// <summary>How often an upstream that is skipped for its slowness is asked nevertheless.</summary>
    public static TimeSpan SkipProbeInterval => TimeSpan.FromSeconds(5);
}
