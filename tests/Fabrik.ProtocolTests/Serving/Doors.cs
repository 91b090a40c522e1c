using Xunit;

namespace Fabrik.ProtocolTests.Serving;

/// <summary>One path of each adapter, for tests that ask the same of all of them.</summary>
internal static class Doors
{
    public const string Gradle = "/cache/3db238f1fd436c38f460389498ebaad8";
    public const string Nx = "/v1/cache/7045021328193712278";
    public const string Turborepo = "/v8/artifacts/5bd57029f8d0e4fe?slug=team_x";
    public const string Http = "/http/a/b/c";
    public const string Cache = "/cache/a/b";
    public const string Ccache = "/ccache/6a/f46r9pg292ufqu0lvqee39jc7o3iec4";
    public const string Webdav = "/webdav/pre/3/8/0/380a501dbff466c028e2c2288b19313c9869fd64";

    public static readonly string[] Paths = [Gradle, Nx, Turborepo, Http, Cache, Ccache, Webdav];

    public static TheoryData<string> All => [.. Paths];
}
