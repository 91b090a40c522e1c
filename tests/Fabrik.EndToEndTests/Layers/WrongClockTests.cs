using Fabrik.EndToEndTests.Processes;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Layers;

/// <summary>
/// A clock that is ten minutes off: tokens are taken and refused by the clock of whoever verifies them, builds go on
/// all the same, and <c>fabrik doctor</c> says what is wrong.
/// </summary>
public sealed class WrongClockTests : IDisposable
{
    private static readonly TimeSpan Off = TimeSpan.FromMinutes(10);

    private readonly Sandbox _sandbox = new();

    [Fact]
    public async Task Build_LayerTwoIsAhead_HitsThereAsLongAsTokensLast()
    {
        using var project = LayerFlowTests.Project("turborepo");
        var issuer = await TokenIssuer.CreateAsync(_sandbox);
        await using var stack = await StartAsync(issuer, Off);
        var good = _sandbox.Write("good.token", await issuer.IssueReadWriteAsync());
        var brief = _sandbox.Write("brief.token", await issuer.IssueAsync("read,write", life: "5m"));

        var a = await stack.StartFirstAsync("a", tokenFile: good);
        await LayerFlowTests.ExpectAsync(project, a, hits: 0);
        await LayerStack.CarriedAsync(a);
        var b = await stack.StartFirstAsync("b", tokenFile: good);
        await LayerFlowTests.ExpectAsync(project, b, hits: project.Steps);
        var taken = await Doctor.AskAsync(_sandbox, a.ConfigurationFile);
        Assert.True(taken.Run.ExitCode == 0 && taken.Says("warn", "its clock is +"), $"{taken}");

        // By the clock of layer 2 this one is over.
        var c = await stack.StartFirstAsync("c", tokenFile: brief);
        await LayerFlowTests.ExpectAsync(project, c, hits: 0);
        var refused = await Doctor.AskAsync(_sandbox, c.ConfigurationFile);
        Assert.True(refused.Run.ExitCode == 1 && refused.Says("FAIL", "the token has expired"), $"{refused}");
        Assert.True(refused.Says("warn", "its clock is +"), $"{refused}");
    }

    [Fact]
    public async Task Build_LayerTwoIsBehind_EndsWellAndIsCarriedOnceItsClockIsRight()
    {
        using var project = LayerFlowTests.Project("nx");
        var issuer = await TokenIssuer.CreateAsync(_sandbox);
        await using var stack = await StartAsync(issuer, -Off);
        var token = _sandbox.Write("a.token", await issuer.IssueReadWriteAsync());
        var a = await stack.StartFirstAsync("a", tokenFile: token);
        await LayerFlowTests.ExpectAsync(project, a, hits: 0);
        var doctor = await Doctor.AskAsync(_sandbox, a.ConfigurationFile);
        Assert.True(doctor.Run.ExitCode == 1 && doctor.Says("FAIL", "the token is not valid yet"), $"{doctor}");
        Assert.True(doctor.Says("warn", "its clock is -"), $"{doctor}");
        Assert.NotEqual(0, (await a.ReadMetricsAsync()).Sum("fabrik_upstream_queue_depth"));

        await stack.RestartSecondAsync(emptied: false, second => second with { Environment = [] });
        await LayerStack.CarriedAsync(a);
        var b = await stack.StartFirstAsync("b", tokenFile: token);
        await LayerFlowTests.ExpectAsync(project, b, hits: project.Steps);
    }

    [Theory]
    [InlineData(1, '-')]
    [InlineData(-1, '+')]
    public async Task Build_MachineIsOff_HitsAndIsTold(int direction, char sign)
    {
        using var project = LayerFlowTests.Project("ccache");
        var issuer = await TokenIssuer.CreateAsync(_sandbox);
        await using var stack = await LayerStack.StartAsync(_sandbox, withS3: true, issuer);
        var token = _sandbox.Write("a.token", await issuer.IssueReadWriteAsync());
        var variables = WrongClock.OffBy(Off * direction);
        var a = await stack.StartFirstAsync(stack.FirstConfiguration("a", tokenFile: token) with
        {
            Environment = variables,
        });
        await LayerFlowTests.ExpectAsync(project, a, hits: 0);
        await LayerStack.CarriedAsync(a);
        var b = await stack.StartFirstAsync("b", tokenFile: token);
        await LayerFlowTests.ExpectAsync(project, b, hits: project.Steps);
        var c = await stack.StartFirstAsync(stack.FirstConfiguration("c", tokenFile: token) with
        {
            Environment = variables,
        });
        await LayerFlowTests.ExpectAsync(project, c, hits: project.Steps);

        var doctor = await Doctor.AskAsync(_sandbox, a.ConfigurationFile, variables);
        Assert.True(doctor.Run.ExitCode == 0 && doctor.Says("warn", $"its clock is {sign}"), $"{doctor}");
    }

    public void Dispose() => _sandbox.Dispose();

    private Task<LayerStack> StartAsync(TokenIssuer issuer, TimeSpan off) => LayerStack.StartAsync(
        _sandbox,
        second => second with { PublicKeyFile = issuer.PublicKeyFile, Environment = WrongClock.OffBy(off) });
}
