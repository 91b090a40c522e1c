using Fabrik.Cache;
using Fabrik.Cache.Local;
using Fabrik.Composition;
using Fabrik.Settings;
using Fabrik.Settings.Schema;
using Fabrik.Settings.Values;
using Fabrik.StoreAccess;

namespace Fabrik.Cli.Doctor;

/// <summary>Whether the store's folder takes what it is allowed to hold.</summary>
internal static class DiskCheck
{
    private const string Subject = "disk";

    // These keep blobs in memory, or pass every call over a network: neither is what a local store is for.
    private static readonly HashSet<string> Unsuitable = new(StringComparer.Ordinal)
    {
        "tmpfs", "ramfs", "nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs",
    };

    /// <summary>Looks at the folder, the store in it, and the disk below it.</summary>
    public static async ValueTask<IReadOnlyList<Finding>> RunAsync(
        EffectiveSettings settings, SettingsEnvironment environment, CancellationToken cancellationToken)
    {
        string folder = settings.Get(CacheSettings.Directory);
        if (TryWrite(folder) is { } problem)
        {
            return
            [
                Finding.Failure(
                    Subject,
                    $"{folder} takes no files: {problem}",
                    "give this user the right to write there, or set cache.dir"),
            ];
        }

        List<string> problems = [];
        long used = 0;
        if (StoreOptions.Of(settings, environment, problems) is not { } options)
        {
            return [.. problems.Select(wrong => Finding.Failure(Subject, wrong, "mend the key"))];
        }

        CacheResult<IStoreAccess> found = await StoreFinder.FindAsync(options, TimeProvider.System, cancellationToken);
        if (!found.TryGet(out IStoreAccess? store, out CacheError? error))
        {
            return [Finding.Failure(Subject, error.Message, "mend it, or set cache.dir to another folder")];
        }

        await using (store)
        {
            CacheResult<StoreStatistics> statistics = await store.StatisticsAsync(cancellationToken);
            used = statistics.Error is null ? statistics.Value.StoredBytes : 0;
        }

        return [.. Examine(settings, folder, used)];
    }

    private static IEnumerable<Finding> Examine(EffectiveSettings settings, string folder, long used)
    {
        DriveInfo drive = new(folder);
        string free = HumanText.Bytes(drive.AvailableFreeSpace);
        ByteSize wanted = settings.Get(CacheSettings.MaxSize);
        yield return used + drive.AvailableFreeSpace < wanted.Bytes
            ? Finding.Warning(
                Subject,
                $"{folder}: {free} free, but cache.max_size = {wanted}",
                "the store stops taking writes before its limit: lower cache.max_size or free some space")
            : Finding.Fine(Subject, $"{folder}: {free} free for cache.max_size = {wanted}");
        if (Unsuitable.Contains(drive.DriveFormat))
        {
            yield return Finding.Warning(
                Subject,
                $"{folder} is on {drive.DriveFormat}",
                "a local disk is faster and survives a restart: set cache.dir");
        }
    }

    private static string? TryWrite(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            string probe = Path.Join(folder, $".doctor-{Environment.ProcessId}");
            File.WriteAllBytes(probe, [1]);
            File.Delete(probe);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
