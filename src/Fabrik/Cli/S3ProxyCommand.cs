using System.CommandLine;
using Fabrik.Composition;
using Fabrik.Settings;
using Fabrik.Settings.Schema;

namespace Fabrik.Cli;

/// <summary><c>fabrik s3-proxy</c>: serves the buckets of the configuration, in the foreground.</summary>
internal static class S3ProxyCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context) => new ServeCommand
    {
        Name = "s3-proxy",
        Help = "Serve private buckets, cached, to whoever has a token.",
        Mode = ServingMode.S3Proxy,
        Lacks = Bucket,
    }.Create(context);

    private static string? Bucket(EffectiveSettings settings) => settings.Items(S3ProxySettings.Buckets).Count == 0
        ? $"{S3ProxySettings.Buckets.Path}: expected a bucket to serve, found none"
        : null;
}
