using System.Reflection;
using System.Runtime.InteropServices;
using Fabrik.Cache.Native.RocksDb;

namespace Fabrik.Cache.Native;

/// <summary>
/// Where this assembly finds native libraries: beside the executable, in the <c>lib</c> folder there, and then where
/// the system looks. A runtime allows one such rule for an assembly, so every binding shares this one.
/// </summary>
internal static class NativeLibraries
{
    static NativeLibraries() =>
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);

    /// <summary>Puts the rule in force; a binding calls it in its static constructor.</summary>
    public static void Use()
    {
        // Whatever calls this has run the static constructor.
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name == RocksDbLibrary.Name)
        {
            return RocksDbLibrary.Load();
        }

        var directory = AppContext.BaseDirectory;
        return NativeLibrary.TryLoad(Path.Combine(directory, name), out var library)
            || NativeLibrary.TryLoad(Path.Combine(directory, "lib", name), out library)
            ? library
            : 0;
    }
}
