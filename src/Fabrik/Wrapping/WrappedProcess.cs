using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Fabrik.Activation;

namespace Fabrik.Wrapping;

/// <summary>
/// Runs a program in this one's place: it has the same input, output and terminal, is told the signals that this
/// process is told, and its end is this process's end.
/// </summary>
internal static partial class WrappedProcess
{
    // The numbers are the same on Linux and macOS.
    private static readonly (PosixSignal Signal, int Number)[] Forwarded =
        [(PosixSignal.SIGHUP, 1), (PosixSignal.SIGINT, 2), (PosixSignal.SIGQUIT, 3), (PosixSignal.SIGTERM, 15)];

    /// <summary>Runs it to its end.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="variables">What it finds in its environment beside what this process has.</param>
    /// <returns>Its exit code; 128 and the number of the signal that ended it.</returns>
    /// <exception cref="Win32Exception">The system does not run it.</exception>
    public static async Task<int> RunAsync(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> variables)
    {
        ProcessStartInfo start = new(program, arguments) { UseShellExecute = false };
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        // From before the start: a signal in between would end this process alone.
        Process? process = null;
        List<PosixSignalRegistration> registrations = [];
        try
        {
            foreach ((PosixSignal signal, int number) in Forwarded)
            {
                registrations.Add(PosixSignalRegistration.Create(signal, context =>
                {
                    context.Cancel = true;
                    Forward(process, number);
                }));
            }

            process = Process.Start(start)!;
            await process.WaitForExitAsync(CancellationToken.None);
            return process.ExitCode;
        }
        finally
        {
            registrations.ForEach(registration => registration.Dispose());
            process?.Dispose();
        }
    }

    // A key of the terminal reaches every process of its foreground group: the program has it already, and to some
    // (Bazel) a second one means more than the first.
    private static void Forward(Process? process, int signal)
    {
        bool isKey = signal is 2 or 3 && IsInForeground();
        if (process is not null && !isKey)
        {
            ProcessTable.Send(process.Id, signal);
        }
    }

    private static bool IsInForeground()
    {
        if (OperatingSystem.IsWindows())
        {
            return true;
        }

        int group = getpgrp();
        return tcgetpgrp(0) == group || tcgetpgrp(1) == group || tcgetpgrp(2) == group;
    }

#pragma warning disable SA1300, IDE1006 // The names are the C library's.
    [LibraryImport("libc")]
    private static partial int getpgrp();

    [LibraryImport("libc")]
    private static partial int tcgetpgrp(int descriptor);
#pragma warning restore SA1300, IDE1006
}
