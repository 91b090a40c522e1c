using System.Diagnostics;
using Fabrik.EndToEndTests.Product;
using Xunit;

namespace Fabrik.EndToEndTests.Clients;

/// <summary>Finds the build tools. One that is missing skips its tests with a reason, and fails them in CI.</summary>
internal static class Tools
{
    private static readonly Lazy<bool> MayHaveRoots = new(static () =>
    {
        string[] user = Environment.IsPrivilegedProcess ? [] : ["--user", "--map-root-user"];
        using var probe = Process.Start(
            "unshare", [.. user, "--mount", "sh", "-c", "mount -t tmpfs tmpfs /tmp && chroot / true"]);
        probe.WaitForExit();
        return probe.ExitCode == 0;
    });

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

    /// <summary>A tool of a newer Debian than this one, which <c>eng/install-newer</c> put into a folder.</summary>
    public static string Newer(string name)
    {
        var path = Path.Combine(Repository.Clients, "debian", "usr", "bin", name);
        return File.Exists(path) ? path : Missing($"the newest {name}", "eng/install-clients");
    }

    /// <summary>The newest memcached, which <c>eng/install-newer</c> put into a folder of its own.</summary>
    public static string NewestMemcached()
    {
        var path = Path.Combine(Repository.Clients, "memcached", "usr", "bin", "memcached");
        return File.Exists(path) ? path : Missing("the newest memcached", "eng/install-clients");
    }

    /// <summary>
    /// The newest Bazel, which <c>eng/install-bazel</c> put into a root of its own; skips the test, in CI too, where
    /// this user may not have such roots.
    /// </summary>
    public static string Bazel()
    {
        var path = Path.Combine(Repository.Clients, "bazel", "bazel");
        if (!File.Exists(path))
        {
            return Missing("the newest Bazel", "eng/install-clients");
        }

        Assert.SkipUnless(MayHaveRoots.Value, "Bazel's root needs mounts of its own, which are not allowed here");
        return path;
    }

    /// <summary>The home of the JDK that Debian patched its Gradle 4.4.1 for.</summary>
    public static string Jdk17(string howToInstall)
    {
        const string Homes = "/usr/lib/jvm";
        var found = Directory.Exists(Homes) ? Directory.GetDirectories(Homes, "java-17-openjdk-*") : [];
        return found.FirstOrDefault() ?? Missing("JDK 17", howToInstall);
    }

    /// <summary>Skips the test with a reason, or fails it in CI; it never returns.</summary>
    public static string Missing(string name, string howToInstall)
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
