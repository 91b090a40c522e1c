using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Fabrik.Activation;

/// <summary>Looks after processes that are not this one's children.</summary>
internal static partial class ProcessTable
{
    private const int Sigterm = 15;
    private const int Sighup = 1;
    private const int NoSuchProcess = 3;

    /// <summary>Whether a process of that number lives. It may be another than the one that was meant.</summary>
    public static bool IsAlive(int processId)
    {
        if (processId <= 0)
        {
            return false;
        }

        if (OperatingSystem.IsWindows())
        {
            return Process.GetProcesses().Any(process => process.Id == processId);
        }

        // Signal 0 asks and does nothing. "Not permitted" is an answer too: it lives.
        return (kill(processId, 0) == 0 || Marshal.GetLastPInvokeError() != NoSuchProcess) && !IsZombie(processId);
    }

    /// <summary>Asks a process to end in good order; false where there is none, or it may not be asked.</summary>
    public static bool Terminate(int processId) => Signal(processId, Sigterm);

    /// <summary>Asks a process to read its configuration again.</summary>
    public static bool Reload(int processId) => Signal(processId, Sighup);

    /// <summary>Passes a signal on to a process.</summary>
    public static void Send(int processId, int signal) => Signal(processId, signal);

    // In a container without an init process nobody buries the dead, and they answer to signal 0 for ever.
    private static bool IsZombie(int processId)
    {
        try
        {
            // The state follows the name, which is in parentheses and may hold anything.
            string stat = File.ReadAllText($"/proc/{processId}/stat");
            return stat.AsSpan(stat.LastIndexOf(')') + 1).TrimStart() is ['Z' or 'X', ..];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No /proc (macOS), or it is gone by now: the signal's answer stands.
            return false;
        }
    }

    private static bool Signal(int processId, int signal)
    {
        if (processId <= 0)
        {
            return false;
        }

        if (!OperatingSystem.IsWindows())
        {
            return kill(processId, signal) == 0;
        }

        if (signal != Sigterm)
        {
            return false;
        }

        try
        {
            // Windows has no signal that a process without a console would hear.
            using Process process = Process.GetProcessById(processId);
            process.Kill();
            return true;
        }
        catch (Exception e) when (e is ArgumentException or Win32Exception or InvalidOperationException)
        {
            return false;
        }
    }

#pragma warning disable SA1300, IDE1006 // The name is the C library's.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
#pragma warning restore SA1300, IDE1006
}
