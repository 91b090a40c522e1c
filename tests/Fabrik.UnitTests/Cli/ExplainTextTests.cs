using Fabrik.Cli;
using Fabrik.Server.Adapters.Bazel.Explain;
using Fabrik.StoreAccess;
using Xunit;

namespace Fabrik.UnitTests.Cli;

public sealed class ExplainTextTests
{
    private const string Gone = "and is gone since: evicted, expired or removed";

    private static readonly DateTimeOffset Now = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly string Hash = new('a', 64);

    [Fact]
    public void Action_ThatWasStoredAndIsGone_SaysWhenByWhomAndThatItIsGone() => Assert.Equal(
        $"""
        action    {Hash}
        target    //app:main, CppCompile
        now       no result of it is in the cache
        command   not known: the action's own message is not in the cache

        2030-01-02 03:04:04Z  miss        it was stored 2030-01-02 03:04:03Z by "ci" {Gone} (run r)
        2030-01-02 03:04:03Z  stored      stored by "ci" (run r)
        2030-01-02 03:04:02Z  miss        it was not stored since 2030-01-02 02:04:05Z, when this process began (run r)
        """,
        ExplainText.Action(
            Hash,
            Report(
                Lookup(1, LookupOutcome.Miss),
                Lookup(2, LookupOutcome.Stored) with { Subject = "ci" },
                Lookup(3, LookupOutcome.Miss)),
            Now));

    [Fact]
    public void Action_ThatNobodyAskedFor_SaysSinceWhen() => Assert.EndsWith(
        "\nneither looked up nor stored since 2030-01-02 02:04:05Z, when this process began",
        ExplainText.Action(Hash, Report(), Now),
        StringComparison.Ordinal);

    [Fact]
    public void Action_ThatIsStored_SaysWhatItMade()
    {
        ExplainReport report = Report(Lookup(1, LookupOutcome.Hit)) with
        {
            Results =
            [
                Stored(LookupOutcome.Hit),
                Stored(LookupOutcome.Incomplete) with { Instance = "x", Tenant = "t", Scope = "s", Missing = "a.o" },
            ],
            Description = new ActionDescription
            {
                HasAction = true,
                HasCommand = true,
                Arguments = ["gcc", "\u001b[2J"],
                InputRoot = "ff/3",
            },
        };

        string text = ExplainText.Action(Hash, report, Now);

        Assert.Contains(
            "now       a result is in the cache, stored 2030-01-02 02:59:05Z (5 min ago): exit code 3, 2 outputs\n",
            text,
            StringComparison.Ordinal);
        Assert.Contains(
            "for the instance \"x\" of the tenant \"t\" in the trust scope \"s\", stored",
            text,
            StringComparison.Ordinal);
        Assert.Contains("but a.o is gone, so that it is not served\n", text, StringComparison.Ordinal);
        Assert.Contains("command   gcc \\u001B[2J\ninputs    ff/3\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("instance", "it is stored for the instance \"b\", and was looked for in the instance without a name")]
    [InlineData("tenant", "it is stored for another tenant alone")]
    [InlineData("scope", "it is stored in the trust scope \"b\" alone")]
    public void Miss_OfWhatIsStoredElsewhere_SaysWhere(string where, string expected)
    {
        ActionLookup stored = Lookup(2, LookupOutcome.Stored);
        stored = where switch
        {
            "instance" => stored with { Instance = "b" },
            "tenant" => stored with { Tenant = "b" },
            _ => stored with { Scope = "b" },
        };

        Assert.Equal(expected, ExplainReasons.Of(Report(Lookup(1, LookupOutcome.Miss), stored), 0));
    }

    [Theory]
    [InlineData(LookupOutcome.Hit, "served")]
    [InlineData(LookupOutcome.Incomplete, "the result was there, but why was gone, so that it could not be served")]
    [InlineData(LookupOutcome.Damaged, "what was stored could not be read any more, and was dropped")]
    [InlineData(LookupOutcome.Failed, "the cache failed: why")]
    public void Lookup_ThatEndedOtherwise_SaysHow(LookupOutcome outcome, string expected) =>
        Assert.Equal(expected, ExplainReasons.Of(Report(Lookup(1, outcome) with { Detail = "why" }), 0));

    [Fact]
    public void Miss_WhenOlderLookupsAreForgotten_SaysSo() => Assert.Equal(
        "it was not stored since 2030-01-02 03:04:05Z; what was before is forgotten",
        ExplainReasons.Of(Report(Lookup(1, LookupOutcome.Miss)) with { Since = Now }, 0));

    [Fact]
    public void Lookups_OfATarget_AreATableByAction() => Assert.Equal(
        $"""
        last        when    hits  misses  stored  kind              action
        hit         1 s        1       1       1  CppCompile        {Hash}  //app:main
        miss        4 s        0       1       0  CppLink           {new string('b', 64)}  //app:main

        2 actions in 4 lookups and writes since 2030-01-02 02:04:05Z
        """,
        ExplainText.Lookups(
            Report(
                Lookup(1, LookupOutcome.Hit),
                Lookup(2, LookupOutcome.Stored),
                Lookup(3, LookupOutcome.Incomplete),
                Lookup(4, LookupOutcome.Miss) with { Action = new string('b', 64), Mnemonic = "CppLink" }),
            Now));

    [Fact]
    public void Statistics_OfAProcess_AreTables() => Assert.Equal(
        """
        since 2030-01-02 02:04:05Z

          hits  misses  stored  kind
             1       5       0  CppLink
             7       2       3  (not told)

          hits  misses  stored  target
             1       0       0  //a:b

          hits  misses  when    run
             4       0  5 s     r
        """,
        ExplainText.Statistics(
            new ActionStatistics
            {
                Started = Now - TimeSpan.FromHours(1),
                Mnemonics =
                [
                    new LookupCounts { Name = "", Hits = 7, Misses = 2, Stored = 3 },
                    new LookupCounts { Name = "CppLink", Hits = 1, Misses = 4, Incomplete = 1 },
                ],
                Targets = [new LookupCounts { Name = "//a:b", Hits = 1 }],
                Invocations =
                [
                    new InvocationCounts
                    {
                        LastAt = Now - TimeSpan.FromSeconds(5),
                        Counts = new LookupCounts { Name = "r", Hits = 4 },
                    },
                ],
            },
            Now));

    [Theory]
    [InlineData("", true)]
    [InlineData("//app:main", true)]
    [InlineData("@@lib//app", true)]
    [InlineData("HASH", true)]
    [InlineData("HASH/142", true)]
    [InlineData("HASH:142", true)]
    [InlineData("HASH/", false)]
    [InlineData("HASH/x", false)]
    [InlineData("HASHa", false)]
    [InlineData("app", false)]
    public void Question_OfAPerson_IsADigestOrATarget(string text, bool isOne)
    {
        bool read = ExplainCommand.TryRead(
            text.Replace("HASH", Hash, StringComparison.Ordinal), out ExplainQuestion question);

        Assert.Equal(isOne, read);
        Assert.True(!isOne || !text.StartsWith("HASH", StringComparison.Ordinal) || question.Action == Hash);
    }

    private static ExplainReport Report(params ActionLookup[] lookups) => new()
    {
        Started = Now - TimeSpan.FromHours(1),
        Since = Now - TimeSpan.FromHours(1),
        Lookups = lookups,
    };

    private static StoredResult Stored(LookupOutcome outcome) => new()
    {
        Tenant = "",
        Instance = "",
        Scope = "",
        Outcome = outcome,
        Missing = "",
        StoredAt = Now - TimeSpan.FromMinutes(5),
        ExitCode = 3,
        Outputs = 2,
    };

    private static ActionLookup Lookup(int secondsAgo, LookupOutcome outcome) => new()
    {
        At = Now - TimeSpan.FromSeconds(secondsAgo),
        Action = Hash,
        Outcome = outcome,
        Detail = "",
        Instance = "",
        Tenant = "",
        Scope = "",
        Subject = "",
        Target = "//app:main",
        Mnemonic = "CppCompile",
        Configuration = "",
        Invocation = "r",
    };
}
