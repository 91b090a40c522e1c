using Fabrik.Fuzz.Crash;
using Xunit;

namespace Fabrik.UnitTests.Cache.Crash;

public sealed class CrashModelTests
{
    [Fact]
    public void Check_AcknowledgedEntryMissing_IsAFinding()
    {
        var model = Model(CrashKind.Roomy, "put 1 7", "put-done 1 7 Stored");
        Assert.Equal("key 1 is absent, but must be content 7", model.Check(1, CrashModel.Absent));
    }

    [Theory]
    [InlineData(7, true)]
    [InlineData(8, true)]
    [InlineData(CrashModel.Absent, false)]
    [InlineData(9, false)]
    public void Check_OverwriteNotAcknowledged_AllowsOldOrNew(int found, bool isAllowed)
    {
        var model = Model(CrashKind.Roomy, "put 1 7", "put-done 1 7 Stored", "put 1 8");
        Assert.Equal(isAllowed, model.Check(1, found) is null);
        if (isAllowed)
        {
            // From then on it is what it was found to be.
            Assert.NotNull(model.Check(1, found == 7 ? 8 : 7));
        }
    }

    [Fact]
    public void Check_DeletedEntryThere_IsAFinding()
    {
        var model = Model(CrashKind.Tight, "put 1 7", "put-done 1 7 Stored", "delete 1", "delete-done 1 True");
        Assert.NotNull(model.Check(1, 7));
        Assert.Null(model.Check(1, CrashModel.Absent));
    }

    [Fact]
    public void Check_TightStore_AllowsAbsenceButNotTheContentBefore()
    {
        var model = Model(
            CrashKind.Tight, "put 1 7", "put-done 1 7 Stored", "put 1 8", "put-done 1 8 Stored");
        Assert.NotNull(model.Check(1, 7));
        Assert.Null(model.Check(1, CrashModel.Absent));
    }

    [Fact]
    public void Check_DamagedContent_MayBeMissingUntilTheCheckEnds()
    {
        var model = Model(CrashKind.Torn, "put 1 7", "put-done 1 7 Stored", "put 2 7", "put-done 2 7 Stored");
        model.Damage(7);
        Assert.Null(model.Check(1, CrashModel.Absent));
        model.CheckEnds();
        Assert.NotNull(model.Check(2, CrashModel.Absent));
    }

    [Theory]
    [InlineData("put-done 1 8 Identical")]
    [InlineData("put-done 1 7 Stored")]
    [InlineData("put-done 1 8 Full")]
    [InlineData("delete-done 1 False")]
    [InlineData("finding something")]
    public void Take_AnswerThatCannotBe_IsAFinding(string line)
    {
        var model = Model(CrashKind.Roomy, "put 1 7", "put-done 1 7 Stored");
        Assert.NotNull(model.Take(line));
    }

    private static CrashModel Model(CrashKind kind, params string[] lines)
    {
        var model = new CrashModel { Kind = kind };
        Assert.All(lines, line => Assert.Null(model.Take(line)));
        return model;
    }
}
