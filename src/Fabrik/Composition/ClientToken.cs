using Fabrik.Composition.Layers;
using Fabrik.Settings;
using Fabrik.Settings.Schema;

namespace Fabrik.Composition;

/// <summary>The token that the tools of this configuration's user show to their own daemon.</summary>
internal static class ClientToken
{
    /// <summary>
    /// The token of <c>auth.token_file</c> or <c>auth.token</c> where the daemon asks for one; else null. A file that
    /// cannot be read is added to the problems.
    /// </summary>
    public static string? Of(EffectiveSettings settings, List<string> problems) =>
        settings.Get(AuthSettings.Required) ? UpstreamToken.OfAll(settings, problems).Current() : null;
}
