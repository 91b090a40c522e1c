using System.Text.RegularExpressions;
using Xunit;

namespace Fabrik.ProtocolTests.Rpc;

/// <summary>The client that most of the world has calls every kind of method, and fails in every way.</summary>
public sealed partial class NodeInteropTests : IAsyncLifetime
{
    private RpcTestServer _server = null!;

    public static TheoryData<string> Scenarios => [.. ScenarioNames()];

    public async ValueTask InitializeAsync() => _server = await RpcTestServer.StartOnSystemTimeAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Node_Scenario_Succeeds(string scenario)
    {
        await NodeClient.RunAsync(scenario, _server.Address);
        await _server.QuietAsync();
    }

    [Theory]
    [InlineData("unary")]
    [InlineData("bigStreams")]
    [InlineData("statuses")]
    public async Task Node_OverTls_Succeeds(string scenario)
    {
        var authority = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await File.WriteAllTextAsync(authority, _server.Certificate.ExportCertificatePem());
        try
        {
            await NodeClient.RunAsync(scenario, _server.TlsAddress, authority);
        }
        finally
        {
            File.Delete(authority);
        }
    }

    // Every function of the script's table, so that none can be forgotten here.
    private static IEnumerable<string> ScenarioNames() =>
        from line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Rpc", "Node", "interop.js"))
        let match = Scenario.Match(line)
        where match.Success
        select match.Groups["name"].Value;

    [GeneratedRegex(@"^  async (?<name>\w+)\(\) \{$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Scenario { get; }
}
