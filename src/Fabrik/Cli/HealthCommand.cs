using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Fabrik.Activation;
using Fabrik.Settings;
using Fabrik.Settings.Schema;
using Fabrik.Settings.Values;

namespace Fabrik.Cli;

/// <summary><c>fabrik health</c>: asks the daemon of this configuration, or else the server, how it is.</summary>
internal static class HealthCommand
{
    // A process that takes longer to say that it lives is not well.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Far above what a health document takes.
    private const int MaxAnswer = 64 * 1024;

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        Option<Uri?> url = new("--url")
        {
            Description = "The address of health, without a path; else that of the daemon, "
                + "or observability.health_bind.",
            HelpName = "URL",
            CustomParser = given => OptionValue.Read<Uri>(
                given, TryReadUrl, "an address such as http://127.0.0.1:8888"),
        };
        Option<bool> json = new("--json") { Description = "Print the answer as it came." };
        Command command = new("health", "Ask the process that serves how it is: exit code 0 when it takes requests.")
        {
            url,
            json,
        };
        command.SetAction((result, cancellationToken) =>
            RunAsync(context, result, (result.GetValue(url), result.GetValue(json)), cancellationToken));
        return command;
    }

    private static bool TryReadUrl(string text, [NotNullWhen(true)] out Uri? url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url) && url.Scheme is "http" or "https";

    private static async Task<int> RunAsync(
        CommandContext context,
        ParseResult result,
        (Uri? Url, bool AsJson) options,
        CancellationToken cancellationToken)
    {
        Uri? url = options.Url ?? await FindAsync(context, result, cancellationToken);
        if (url is null)
        {
            return ExitCodes.Failed;
        }

        using HttpClient client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
        {
            Timeout = Patience,
            MaxResponseContentBufferSize = MaxAnswer,
        };
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(new Uri(url, "/health"), cancellationToken);
            string text = await answer.Content.ReadAsStringAsync(cancellationToken);
            if (options.AsJson)
            {
                context.Terminal.Output.WriteLine(text);
            }

            return Report(context.Terminal, url, text, options.AsJson);
        }
        catch (HttpRequestException e)
        {
            context.Terminal.Fail($"nothing answers on {url}: {e.Message}");
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            context.Terminal.Fail($"nothing answered on {url} within {Patience.TotalSeconds} s");
        }

        return ExitCodes.Failed;
    }

    private static int Report(Terminal terminal, Uri url, string text, bool isQuiet)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(text);
            JsonElement health = json.RootElement;
            string status = health.GetProperty("status").GetString() ?? "";
            string reason = health.TryGetProperty("reason", out JsonElement why) ? $" ({why.GetString()})" : "";
            if (!isQuiet)
            {
                TimeSpan uptime = TimeSpan.FromSeconds(health.GetProperty("uptime_seconds").GetInt64());
                string? version = health.GetProperty("version").GetString();
                terminal.Output.WriteLine($"{status}{reason}: version {version}, up {HumanText.Ago(uptime)}, {url}");
            }

            return status is "healthy" or "degraded" ? ExitCodes.Done : ExitCodes.Failed;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            terminal.Fail(
                $"what answers on {url} is not Fabrik's health: expected JSON with status, uptime_seconds, version");
            return ExitCodes.Failed;
        }
    }

    private static async Task<Uri?> FindAsync(
        CommandContext context, ParseResult result, CancellationToken cancellationToken)
    {
        if (!context.TryLoad(result, out EffectiveSettings? settings))
        {
            return null;
        }

        DaemonFolder folder = context.DaemonFolders(result).Of(DaemonId.Of(settings));
        DaemonState? daemon = await context.Daemons(result).FindAliveAsync(folder, cancellationToken);
        if (daemon is not null)
        {
            return daemon.HealthUrl;
        }

        BindAddress bind = settings.Get(ObservabilitySettings.HealthBind);
        if (bind.Port == 0)
        {
            context.Terminal.Fail(
                $"no daemon of this configuration runs, and observability.health_bind = \"{bind}\" does not tell "
                + "a server's port: expected --url");
            return null;
        }

        return new Uri($"http://{BindAddress.Tcp(bind.Host is "*" ? "127.0.0.1" : bind.Host, bind.Port)}");
    }
}
