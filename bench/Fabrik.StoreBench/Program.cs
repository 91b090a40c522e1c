using System.Globalization;
using Fabrik.Cache.Codec;
using Fabrik.Cache.Local;
using Fabrik.StoreBench;
using Microsoft.Extensions.Logging.Abstractions;

if (args is not [var what, var folder, var number]
    || !int.TryParse(number, CultureInfo.InvariantCulture, out var count))
{
    Console.Error.WriteLine("usage: Fabrik.StoreBench fill|open|get|put FOLDER COUNT   (put: COUNT is the level)");
    return 2;
}

var options = new LocalStoreOptions
{
    Directory = folder,
    MaxSize = long.MaxValue,
    CompressionLevel = what == "put" ? count : 3,
    Compression = CompressionKind.Zstd,
};
var opening = System.Diagnostics.Stopwatch.StartNew();
var opened = await LocalStore.OpenAsync(options, TimeProvider.System, NullLoggerFactory.Instance, default);
await using var store = opened.Value;
Console.WriteLine($"opened {store.Statistics.Entries} entries in {opening.Elapsed.TotalMilliseconds:F1} ms");
await (what switch
{
    "fill" => StoreRuns.FillAsync(store, count),
    "get" => StoreRuns.GetAsync(store, count),
    "put" => StoreRuns.PutAsync(store),
    _ => StoreRuns.FirstGetAsync(store),
});
return 0;
