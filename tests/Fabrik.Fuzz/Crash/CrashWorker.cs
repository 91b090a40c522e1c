using Fabrik.Cache.Local;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabrik.Fuzz.Crash;

/// <summary>
/// The process that is killed: opens the store and works on it from several tasks, telling the driver of each
/// operation. It closes the store when it is done and its standard input has ended.
/// </summary>
internal static class CrashWorker
{
    public static async Task<int> RunAsync(string folder, int seed, int round)
    {
        var plan = CrashPlan.Of(seed, round);
        await using var pipe = Console.OpenStandardOutput();
        var journal = new CrashJournal(pipe);
        var opened = await LocalStore.OpenAsync(
            plan.Options(folder), TimeProvider.System, NullLoggerFactory.Instance, default);
        if (!opened.TryGet(out var store, out var error))
        {
            journal.Found($"the worker cannot open the store: {error.Message}");
            return 1;
        }

        await using (store)
        {
            journal.Note(CrashJournal.Opened);
            await Task.WhenAll(Enumerable.Range(0, CrashPlan.Tasks).Select(
                number => Task.Run(() => new CrashTask(store, plan, journal, number).RunAsync())));
            await Console.In.ReadToEndAsync();
            if (store.Statistics.StoredBytes > store.Statistics.MaxBytes)
            {
                journal.Found($"{store.Statistics.StoredBytes} bytes are kept, more than {store.Statistics.MaxBytes}");
            }

            journal.Note(CrashJournal.Closing);
        }

        return 0;
    }
}
