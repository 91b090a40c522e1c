using Fabrik.EndToEndTests.Clients;
using Fabrik.EndToEndTests.Product;

namespace Fabrik.EndToEndTests.Memcached;

/// <summary>Which memcached is meant.</summary>
public enum MemcachedRelease
{
    /// <summary>This system's.</summary>
    Installed,

    /// <summary>The newest, which <c>eng/install-newer</c> put into a folder.</summary>
    Newest,
}

/// <summary>How a memcached is started.</summary>
internal sealed record MemcachedSetup
{
    public MemcachedRelease Release { get; init; }

    /// <summary>Arguments besides those that each one gets.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Variables besides those of the sandbox.</summary>
    public IReadOnlyList<(string Name, string Value)> Environment { get; init; } = [];

    /// <summary>The program.</summary>
    public string Program => Release == MemcachedRelease.Newest
        ? Tools.NewestMemcached()
        : Tools.OnPath("memcached", "apt-get install memcached");

    /// <summary>Speaks TLS only.</summary>
    public MemcachedSetup WithTls(TestCertificate certificate) => With(
        "-Z", "-o", $"ssl_chain_cert={certificate.File},ssl_key={certificate.KeyFile}");

    /// <summary>More arguments.</summary>
    public MemcachedSetup With(params string[] arguments) => this with { Arguments = [.. Arguments, .. arguments] };
}
