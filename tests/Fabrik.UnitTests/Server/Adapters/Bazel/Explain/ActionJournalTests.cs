using Fabrik.Cache.Artifacts;
using Fabrik.Server.Adapters.Bazel.Explain;
using Fabrik.Testing;
using Xunit;

namespace Fabrik.UnitTests.Server.Adapters.Bazel.Explain;

public sealed class ActionJournalTests
{
    private const int Many = 100_000;

    private readonly TestClock _clock = new();

    [Fact]
    public void Lookups_ThatWereAppended_AreFoundTheNewestFirst()
    {
        ActionJournal journal = new(_clock);
        journal.Append(Lookup(1, LookupOutcome.Miss));
        _clock.Advance(TimeSpan.FromSeconds(1));
        journal.Append(Lookup(1, LookupOutcome.Stored));
        journal.Append(Lookup(2, LookupOutcome.Hit));

        IReadOnlyList<ActionLookup> found = journal.Find(new LookupFilter { Action = DigestOf(1) }, 10);

        Assert.Equal([LookupOutcome.Stored, LookupOutcome.Miss], found.Select(lookup => lookup.Outcome));
        Assert.Equal(TimeSpan.FromSeconds(1), found[0].At - found[1].At);
        Assert.Equal(Lookup(1, LookupOutcome.Stored) with { At = found[0].At }, found[0]);
        Assert.Equal(journal.Started, journal.Since);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1024)]
    [InlineData(1500)]
    public void Ring_ThatIsFull_KeepsTheLastAndSaysSinceWhen(int limit)
    {
        ActionJournal journal = new(_clock, new JournalLimits { Lookups = limit });
        for (int i = 0; i < 3 * limit; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            journal.Append(Lookup(i, LookupOutcome.Miss));
        }

        IReadOnlyList<ActionLookup> all = journal.Find(new LookupFilter(), int.MaxValue);

        Assert.Equal(limit, journal.Count);
        Assert.Equal(
            Enumerable.Range(2 * limit, limit).Reverse().Select(i => DigestOf(i).ToString()),
            all.Select(lookup => lookup.Action),
            StringComparer.Ordinal);
        Assert.Equal(all[^1].At - TimeSpan.FromSeconds(1), journal.Since);
    }

    [Fact]
    public void Texts_OfEntriesThatAreGone_AreGone()
    {
        ActionJournal journal = new(_clock, new JournalLimits { Lookups = 10 });
        for (int i = 0; i < 100; i++)
        {
            journal.Append(Lookup(i, LookupOutcome.Miss) with { Target = $"//{i:D8}", Mnemonic = "Genrule" });
        }

        Assert.Equal((10 * 10) + "Genrule".Length, journal.TextLength);
    }

    [Fact]
    public void Texts_AboveTheirLimit_PushOlderEntriesOut()
    {
        ActionJournal journal = new(_clock, new JournalLimits { TextLength = 10 * ActionJournal.MaxText });
        for (int i = 0; i < 100; i++)
        {
            string text = $"{i:D8}{new string('x', 10_000)}";
            journal.Append(Lookup(i, LookupOutcome.Miss) with { Target = text, Invocation = text });
        }

        Assert.Equal((10, 10L * ActionJournal.MaxText), (journal.Count, journal.TextLength));
        Assert.True(journal.Since >= journal.Started);
    }

    [Fact]
    public void Names_AboveTheirLimit_AreCountedTogether()
    {
        ActionJournal journal = new(_clock, new JournalLimits { Targets = 2, Mnemonics = 1 });
        string[] labels =
        [
            .. new[] { "a", "b", "a", "c", "d" }.Select(name =>
                journal.Append(Lookup(1, LookupOutcome.Hit) with { Target = name, Mnemonic = name })),
        ];

        Assert.Equal(["a", ActionJournal.Other, "a", ActionJournal.Other, ActionJournal.Other], labels);
        Assert.Equal(
            [("a", 2), ("b", 1), (ActionJournal.Other, 2)],
            journal.Targets.Select(counts => (counts.Name, (int)counts.Hits)));
    }

    [Fact]
    public void Counts_TellOutcomesApart()
    {
        ActionJournal journal = new(_clock);
        foreach (LookupOutcome outcome in Enum.GetValues<LookupOutcome>())
        {
            journal.Append(Lookup(1, outcome) with { Invocation = "run" });
        }

        LookupCounts expected = new()
        {
            Name = "",
            Hits = 1,
            Misses = 2,
            Incomplete = 1,
            Failed = 1,
            Stored = 1,
            Kept = 1,
        };
        Assert.Equal(expected, Assert.Single(journal.Mnemonics));
        Assert.Equal(expected with { Name = "run" }, Assert.Single(journal.Invocations(5)).Counts);
    }

    [Fact]
    public void Invocations_AboveTheLimit_AreTheLast()
    {
        ActionJournal journal = new(_clock);
        foreach (string run in (string[])["a", "b", "c", "b"])
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            journal.Append(Lookup(1, LookupOutcome.Hit) with { Invocation = run });
        }

        IReadOnlyList<InvocationCounts> runs = journal.Invocations(2);

        Assert.Equal([("b", 2), ("c", 1)], runs.Select(run => (run.Counts.Name, (int)run.Counts.Hits)));
        Assert.Equal(TimeSpan.FromSeconds(2), runs[0].LastAt - runs[0].FirstAt);
    }

    [Theory]
    [InlineData("//app:app", "//app:app", true)]
    [InlineData("//app", "//app:app", true)]
    [InlineData("//a/b", "//a/b:b", true)]
    [InlineData("@//app:app", "//app:app", true)]
    [InlineData("//app:app", "@@//app:app", true)]
    [InlineData("@lib//x", "@@lib//x:x", true)]
    [InlineData("//app", "//app:other", false)]
    [InlineData("//app:App", "//app:app", false)]
    public void Target_InAnySpelling_IsFound(string asked, string told, bool isFound)
    {
        ActionJournal journal = new(_clock);
        journal.Append(Lookup(1, LookupOutcome.Hit) with { Target = told });

        Assert.Equal(isFound ? 1 : 0, journal.Find(new LookupFilter { Target = asked }, 10).Count);
    }

    [Fact]
    public async Task Journal_UsedByManyAtOnce_StaysWhole()
    {
        ActionJournal journal = new(_clock, new JournalLimits { Lookups = 3000, TextLength = 20_000 });
        Task[] writers =
        [
            .. Enumerable.Range(0, 4).Select(writer => Task.Run(() =>
            {
                for (int i = 0; i < Many / 4; i++)
                {
                    journal.Append(Lookup(i, LookupOutcome.Hit) with { Target = $"//{writer}:{i}" });
                }
            })),
        ];
        Task all = Task.WhenAll(writers);
        do
        {
            // What is found is whole, whatever is written meanwhile.
            Assert.All(
                journal.Find(new LookupFilter(), int.MaxValue),
                lookup => Assert.StartsWith("//", lookup.Target, StringComparison.Ordinal));
        }
        while (!all.IsCompleted);

        await all;
        IReadOnlyList<ActionLookup> left = journal.Find(new LookupFilter(), int.MaxValue);
        Assert.Equal(Many, journal.Mnemonics.Sum(counts => counts.Hits));
        Assert.Equal(journal.Count, left.Count);
        Assert.Equal(
            left.Select(lookup => lookup.Target).ToHashSet(StringComparer.Ordinal).Sum(target => target.Length),
            journal.TextLength);
    }

    private static ContentDigest DigestOf(int number)
    {
        byte[] bytes = new byte[ContentDigest.Length];
        BitConverter.TryWriteBytes(bytes, number);
        return new ContentDigest(bytes);
    }

    private static ActionLookup Lookup(int action, LookupOutcome outcome) => new()
    {
        Action = DigestOf(action).ToString(),
        Outcome = outcome,
        Detail = "",
        Instance = "",
        Tenant = "",
        Scope = "",
        Subject = "",
        Target = "",
        Mnemonic = "",
        Configuration = "",
        Invocation = "",
    };
}
