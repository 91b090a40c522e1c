using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Clients;

/// <summary>Finds the build tools. One that is missing skips its tests with a reason, and fails them in CI.</summary>
internal static class Tools
{
    /// <summary>A tool on the path.</summary>
    public static string OnPath(string name, string howToInstall)
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        var found = path.Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        return found ?? Missing(name, howToInstall);
    }

    /// <summary>A tool that npm installed into <c>.clients/npm</c>.</summary>
    public static string FromNpm(string name)
    {
        var path = Path.Combine(Repository.Clients, "npm", "node_modules", ".bin", name);
        return File.Exists(path) ? path : Missing(name, "eng/install-clients");
    }

    /// <summary>The chroot of Debian sid: only wanted with <c>--clients=all</c>, and then needed.</summary>
    public static string SidRoot()
    {
        var root = Path.Combine(Repository.Clients, "sid");
        var wanted = Environment.GetEnvironmentVariable("FABRIK_TEST_CLIENTS") == "all";
        if (!wanted)
        {
            Assert.Skip("Needs ./test --clients=all, which takes minutes to install Debian sid.");
        }
        return File.Exists(Path.Combine(root, ".complete")) ? root : Missing("Debian sid", "eng/install-clients all");
    }

    private static string Missing(string name, string howToInstall)
    {
        var reason = $"{name} is missing: install it by {howToInstall}.";
        if (Environment.GetEnvironmentVariable("CI") is not (null or "" or "false"))
        {
            Assert.Fail(reason + " In CI no client may be missing.");
        }
        Assert.Skip(reason);
        return "";
    }
}
