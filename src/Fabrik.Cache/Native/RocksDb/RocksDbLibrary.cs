using System.Runtime.InteropServices;

namespace Fabrik.Cache.Native.RocksDb;

/// <summary>
/// Finds librocksdb: beside the binary or in its <c>lib</c> folder first, so that a published folder runs on a machine
/// without it; then among the system's libraries, by the sonames of the versions that were tried.
/// </summary>
internal static class RocksDbLibrary
{
    /// <summary>The name the imports use; resolved by <see cref="NativeLibraries"/>.</summary>
    public const string Name = "rocksdb";

    private static readonly string[] Names =
        OperatingSystem.IsWindows() ? ["rocksdb.dll", "rocksdb-shared.dll"]
        : OperatingSystem.IsMacOS() ? ["librocksdb.dylib"]
        :
        [
            "librocksdb.so.7.8", "librocksdb.so.9.10", "librocksdb.so.9", "librocksdb.so.8", "librocksdb.so.7",
            "librocksdb.so",
        ];

    /// <summary>
    /// What librocksdb needs, in loading order. Loaded by path first, a library satisfies those that need it by its
    /// soname, so no search path has to be set.
    /// </summary>
    private static readonly string[] Needed =
    [
        "libgcc_s.so.1", "libstdc++.so.6", "libgflags.so.2.2", "libsnappy.so.1", "libz.so.1", "libbz2.so.1.0",
        "liblz4.so.1", "libzstd.so.1",
    ];

    /// <summary>Loads it.</summary>
    /// <exception cref="DllNotFoundException">It is nowhere.</exception>
    public static nint Load()
    {
        foreach (var folder in new[] { Path.Combine(AppContext.BaseDirectory, "lib"), AppContext.BaseDirectory })
        {
            if (TryLoadFrom(folder, out var library))
            {
                return library;
            }
        }

        foreach (var candidate in Names)
        {
            if (NativeLibrary.TryLoad(candidate, out var library))
            {
                return library;
            }
        }

        throw new DllNotFoundException(
            $"RocksDB was not found: none of {string.Join(", ", Names)} is beside the binary or among the system's "
            + "libraries. On Debian: apt-get install librocksdb7.8");
    }

    private static bool TryLoadFrom(string folder, out nint library)
    {
        library = 0;
        var file = Array.Find(Names, name => File.Exists(Path.Combine(folder, name)));
        if (file is null)
        {
            return false;
        }

        foreach (var needed in Needed)
        {
            NativeLibrary.TryLoad(Path.Combine(folder, needed), out _);
        }

        return NativeLibrary.TryLoad(Path.Combine(folder, file), out library);
    }
}
