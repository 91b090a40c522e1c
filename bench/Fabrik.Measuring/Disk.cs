using System.Diagnostics;

namespace Fabrik.Measuring;

/// <summary>The disk that all servers share.</summary>
internal static class Disk
{
    /// <summary>
    /// Waits until it has what was written: what one server has left is not to be paid for by the next.
    /// </summary>
    public static async Task SyncAsync()
    {
        using var sync = Process.Start("sync");
        await sync.WaitForExitAsync();
    }
}
