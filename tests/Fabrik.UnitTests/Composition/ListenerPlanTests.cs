using Fabrik.Composition;
using Fabrik.UnitTests.Settings;
using Xunit;

namespace Fabrik.UnitTests.Composition;

public sealed class ListenerPlanTests : IDisposable
{
    private const string Proxy = "[[s3_proxy.buckets]]\nname = \"a\"\ns3.bucket = \"a\"\n";

    private readonly SettingsFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Server_ByDefault_HasOneListenerForEachPurpose() => Assert.Equal(
        [
            "http 127.0.0.1:8080 BuildTools bazel,gradle,http,nx,turborepo",
            "grpc 127.0.0.1:9090 Bazel bazel",
            "s3 127.0.0.1:9000 S3 s3",
            "health *:8888 Health ",
            "metrics 127.0.0.1:9091 Metrics ",
        ],
        Plans(ServingMode.Server));

    [Fact]
    public void Server_WithAProxyByDefault_HasNoCollision()
    {
        _fixture.Folder.Write("fabrik.toml", Proxy);
        Assert.Contains("s3-proxy 127.0.0.1:8081 S3Proxy ", Plans(ServingMode.Server), StringComparer.Ordinal);
        Assert.Empty(ListenerPlan.Collisions(ListenerPlan.Of(_fixture.Load(), ServingMode.Server)));
    }

    [Fact]
    public void Memcached_AtTheAddressOfAnother_IsToldByItsOwnName()
    {
        _fixture.Folder.Write("fabrik.yaml", """
            memcached_proxy:
              listeners: { main: { bind: "127.0.0.1:8080" }, own: { bind: "127.0.0.1:11211" } }
              backends: { one: { type: cache } }
              routes: { all: { backend: one } }
            """);
        Assert.Equal(
            [
                "memcached-main 127.0.0.1:8080 Memcached ",
                "memcached-own 127.0.0.1:11211 Memcached ",
                "health *:8888 Health ",
                "metrics 127.0.0.1:9091 Metrics ",
            ],
            Plans(ServingMode.MemcachedProxy));
        string problem = Assert.Single(ListenerPlan.Collisions(ListenerPlan.Of(_fixture.Load(), ServingMode.Server)));
        Assert.StartsWith("memcached_proxy.listeners.main.bind: ", problem, StringComparison.Ordinal);
        Assert.DoesNotContain(
            ListenerPlan.Of(_fixture.Load(), ServingMode.Daemon),
            plan => plan.Duties.HasFlag(ListenerDuties.Memcached));
    }

    [Theory]
    [InlineData("0.0.0.0:8080", "of which \"http\" has 127.0.0.1:8080 (set by build_tools.bind and")]
    [InlineData("localhost:9000", "of which \"s3\" has 127.0.0.1:9000 (set by build_tools.s3.port)")]
    [InlineData("127.0.0.1:8888", "of which \"s3-proxy\" has 127.0.0.1:8888 (set by s3_proxy.bind)")]
    public void Server_WithTwoListenersAtOneAddress_SaysWhichAndWhereTheyAreSet(string bind, string problem)
    {
        _fixture.Folder.Write("fabrik.toml", $"s3_proxy.bind = \"{bind}\"\n{Proxy}");
        IReadOnlyList<ListenerPlan> plans = ListenerPlan.Of(_fixture.Load(), ServingMode.Server);
        Assert.Contains(problem, Assert.Single(ListenerPlan.Collisions(plans)), StringComparison.Ordinal);
    }

    [Fact]
    public void Proxy_Alone_MayTakeThePortOfBuildTools()
    {
        _fixture.Folder.Write("fabrik.toml", $"s3_proxy.bind = \"0.0.0.0:8080\"\n{Proxy}");
        Assert.Empty(ListenerPlan.Collisions(ListenerPlan.Of(_fixture.Load(), ServingMode.S3Proxy)));
    }

    [Theory]
    [InlineData("Server", "fabrik,grpc,s3,s3-proxy")]
    [InlineData("S3Proxy", "s3-proxy")]
    [InlineData("Daemon", "")]
    public void Certificates_AreForWhatOthersReach(string mode, string names)
    {
        _fixture.Folder.Write("fabrik.toml", $"fabrik.enabled = {(mode == "Server" ? "true" : "false")}\n{Proxy}");
        IEnumerable<string> served = ListenerPlan.Of(_fixture.Load(), Enum.Parse<ServingMode>(mode))
            .Where(plan => plan.Certificate is not null).Select(plan => plan.Name).Order(StringComparer.Ordinal);
        Assert.Equal(names, string.Join(',', served));
    }

    [Fact]
    public void Daemon_ByDefault_TakesFreePortsOfLoopback() => Assert.Equal(
        [
            "http 127.0.0.1:0 BuildTools bazel,gradle,http,nx,turborepo",
            "grpc 127.0.0.1:0 Bazel bazel",
            "s3 127.0.0.1:0 S3 s3",
            "metrics 127.0.0.1:0 Health, Metrics ",
        ],
        Plans(ServingMode.Daemon));

    [Fact]
    public void Daemon_WhateverServersBindTo_StaysOnLoopback() => Assert.All(
        Plans(
            ServingMode.Daemon,
            "--config-build-tools-bind=*",
            "--config-build-tools-nx-bind=*",
            "--config-build-tools-nx-port=7001",
            "--config-observability-health-bind=*:7002",
            "--config-observability-api-bind=*:7003"),
        plan => Assert.Contains(" 127.0.0.1:", plan, StringComparison.Ordinal));

    [Fact]
    public void Daemon_WithoutHealthAndMetrics_StillAnswersForItself() => Assert.Equal(
        "metrics 127.0.0.1:0 Health ",
        Plans(
            ServingMode.Daemon,
            "--config-observability-health-enabled=false",
            "--config-observability-metrics-enabled=false")[^1]);

    [Fact]
    public void Server_WithoutHealthAndMetrics_HasNoListenersForThem() => Assert.Equal(
        [
            "http 127.0.0.1:8080 BuildTools bazel,gradle,http,nx,turborepo",
            "grpc 127.0.0.1:9090 Bazel bazel",
            "s3 127.0.0.1:9000 S3 s3",
        ],
        Plans(
            ServingMode.Server,
            "--config-observability-health-enabled=false",
            "--config-observability-metrics-enabled=false"));

    [Fact]
    public void Server_AdapterWithAPort_LeavesTheSharedListener() => Assert.Equal(
        ["http *:8080 BuildTools bazel,gradle,http,turborepo", "nx *:7001 BuildTools nx"],
        Plans(ServingMode.Server, "--config-build-tools-bind=*", "--config-build-tools-nx-port=7001")[..2]);

    [Fact]
    public void Server_AdapterWithAnAddress_HasItsOwn() => Assert.Equal(
        "nx [::1]:7001 BuildTools nx",
        Plans(ServingMode.Server, "--config-build-tools-nx-bind=::1", "--config-build-tools-nx-port=7001")[1]);

    [Fact]
    public void Server_AdapterWithAPortThatIsNotEnabled_HasNoListener() => Assert.DoesNotContain(
        Plans(ServingMode.Server, "--config-build-tools-enabled=gradle", "--config-build-tools-nx-port=7001"),
        plan => plan.Contains("7001", StringComparison.Ordinal));

    [Fact]
    public void Server_EveryAdapterWithAPort_SharesNothing() => Assert.Equal(
        "nx 127.0.0.1:7001 BuildTools nx",
        Plans(ServingMode.Server, "--config-build-tools-enabled=nx", "--config-build-tools-nx-port=7001")[0]);

    [Fact]
    public void Server_SamePortTwice_IsOneListenerWithBothDuties() => Assert.Equal(
        [
            "http 127.0.0.1:9091 BuildTools, Metrics bazel,gradle,http,nx,turborepo",
            "grpc 127.0.0.1:9090 Bazel bazel",
            "s3 127.0.0.1:9000 S3 s3",
            "health *:8888 Health ",
        ],
        Plans(ServingMode.Server, "--config-build-tools-port=9091"));

    [Fact]
    public void Server_PortsThatTheSystemChooses_AreDifferentOnes() => Assert.Equal(
        5,
        Plans(
            ServingMode.Server,
            "--config-build-tools-port=0",
            "--config-build-tools-bazel-port=0",
            "--config-build-tools-s3-port=0",
            "--config-observability-health-bind=127.0.0.1:0",
            "--config-observability-api-bind=127.0.0.1:0").Length);

    [Theory]
    [InlineData("--config-build-tools-bazel-port=none")]
    [InlineData("--config-build-tools-enabled=gradle")]
    public void Server_WithoutBazelOverGrpc_HasNoListenerForIt(string argument) => Assert.DoesNotContain(
        Plans(ServingMode.Server, argument), plan => plan.StartsWith("grpc ", StringComparison.Ordinal));

    [Fact]
    public void Server_BazelWithAnAddress_TakesItForGrpc() => Assert.Equal(
        "grpc *:9092 Bazel bazel",
        Plans(ServingMode.Server, "--config-build-tools-bazel-bind=*", "--config-build-tools-bazel-port=9092")[1]);

    [Fact]
    public void Server_GrpcAtThePortOfHttp_StaysAListenerOfItsOwn() => Assert.Equal(
        ["http 127.0.0.1:8080 BuildTools bazel,gradle,http,nx,turborepo", "grpc 127.0.0.1:8080 Bazel bazel"],
        Plans(ServingMode.Server, "--config-build-tools-bazel-port=8080")[..2]);

    [Theory]
    [InlineData("--config-build-tools-s3-port=none")]
    [InlineData("--config-build-tools-enabled=gradle")]
    public void Server_WithoutS3_HasNoListenerForIt(string argument) => Assert.DoesNotContain(
        Plans(ServingMode.Server, argument), plan => plan.StartsWith("s3 ", StringComparison.Ordinal));

    [Fact]
    public void Server_S3AtThePortOfHttp_StaysAListenerOfItsOwn() => Assert.Contains(
        "s3 *:8080 S3 s3",
        Plans(
            ServingMode.Server,
            "--config-build-tools-bind=*",
            "--config-build-tools-bazel-port=none",
            "--config-build-tools-s3-port=8080"),
        StringComparer.Ordinal);

    [Fact]
    public void Server_S3AtAnAddressOfItsOwn_IsThere() => Assert.Contains(
        "s3 [::1]:9000 S3 s3",
        Plans(ServingMode.Server, "--config-build-tools-s3-bind=::1"),
        StringComparer.Ordinal);

    private string[] Plans(ServingMode mode, params string[] arguments) =>
    [
        .. ListenerPlan.Of(_fixture.Load(arguments), mode).Select(plan =>
            $"{plan.Name} {plan.Bind} {plan.Duties} {string.Join(',', plan.Adapters.Order(StringComparer.Ordinal))}"),
    ];
}
