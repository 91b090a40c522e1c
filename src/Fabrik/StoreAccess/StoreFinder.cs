using Fabrik.Cache;
using Fabrik.Cache.Local;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabrik.StoreAccess;

/// <summary>Finds the way to a store: through the process that holds it, or by opening it.</summary>
internal static class StoreFinder
{
    /// <summary>
    /// Gives access to the store that options name. It must be there: looking at a cache does not make one.
    /// </summary>
    public static async ValueTask<CacheResult<IStoreAccess>> FindAsync(
        LocalStoreOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(options.Directory))
        {
            return CacheError.Client(
                CacheErrorKind.InvalidRequest, $"there is no store in {options.Directory} (cache.dir)");
        }

        if (ControlSocket.PathFor(options.Directory) is { } socket && File.Exists(socket))
        {
            RemoteStore remote = new(socket);
            if ((await remote.StatisticsAsync(cancellationToken)).Error is null)
            {
                return remote;
            }

            // Left by a process that was killed: the store is free.
            await remote.DisposeAsync();
        }

        CacheResult<LocalStore> opened = await LocalStore.OpenAsync(
            options, time, NullLoggerFactory.Instance, cancellationToken);
        return opened.TryGet(out LocalStore? store, out CacheError? error)
            ? new OpenStore(store, time, isOwned: true)
            : error;
    }
}
