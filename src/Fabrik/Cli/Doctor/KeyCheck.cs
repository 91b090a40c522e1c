using Fabrik.Composition;
using Fabrik.Server.Auth;
using Fabrik.Settings;
using Fabrik.Settings.Schema;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabrik.Cli.Doctor;

/// <summary>Whether tokens of others can be verified.</summary>
internal static class KeyCheck
{
    private const string Subject = "keys";

    /// <summary>Reads the public keys as the process that serves would.</summary>
    public static async ValueTask<IReadOnlyList<Finding>> RunAsync(
        EffectiveSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!settings.Get(AuthSettings.Required))
        {
            return IsOpenToOthers(settings)
                ?
                [
                    Finding.Warning(
                        Subject,
                        "anybody who reaches this machine may read and write the cache",
                        "set auth.required and auth.public_key_file, or listen on 127.0.0.1 only"),
                ]
                : [Finding.Fine(Subject, "no token is required, and only this machine is listened to")];
        }

        List<string> problems = [];
        AuthServices services = new(time, NullLoggerFactory.Instance);
        AccessControl? access = await AccessControl.CreateAsync(settings, services, problems, cancellationToken);
        if (access is null)
        {
            return [.. problems.Select(problem => Finding.Failure(Subject, problem, "mend the source of the keys"))];
        }

        await using (access)
        {
            return access.NotReady is { } reason
                ? [Finding.Failure(Subject, reason, "check auth.jwks_url from this machine")]
                : [Finding.Fine(Subject, "public keys are there, and tokens are required")];
        }
    }

    private static bool IsOpenToOthers(EffectiveSettings settings) =>
        (settings.Get(FabrikSettings.Enabled) && !IsLoopback(settings.Get(FabrikSettings.Bind).Host))
        || (settings.Get(BuildToolsSettings.Enabled).Count > 0 && !IsLoopback(settings.Get(BuildToolsSettings.Bind)));

    private static bool IsLoopback(string host) => host is "localhost" or "127.0.0.1" or "::1";
}
