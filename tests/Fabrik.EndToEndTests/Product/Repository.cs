namespace Fabrik.EndToEndTests.Product;

/// <summary>Where things are in the working copy that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The published binary: what users get is what is tested.</summary>
    public static string Binary
    {
        get
        {
            var given = Environment.GetEnvironmentVariable("FABRIK_TEST_BINARY");
            var path = given ?? Path.Combine(Root, "artifacts", "publish", "linux-x64", "fabrik");
            return File.Exists(path)
                ? path
                : throw new InvalidOperationException($"{path} is missing: run ./publish first, or ./test.");
        }
    }

    /// <summary>The folder that <c>eng/install-clients</c> installs into.</summary>
    public static string Clients => Path.Combine(Root, ".clients");

    /// <summary>The file that <c>docs/operating/s3-proxy.md</c> sends newcomers to.</summary>
    public static string ProxyExample => Path.Combine(Root, "examples", "s3-proxy.yaml");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Fabrik.slnx")))
            {
                return folder.FullName;
            }
        }
        throw new InvalidOperationException($"No Fabrik.slnx above {AppContext.BaseDirectory}.");
    }
}
