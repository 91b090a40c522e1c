using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local.Blobs;
using Fabrik.Cache.Local.Index;

namespace Fabrik.Fuzz.Crash;

/// <summary>Counts a closed store anew from its records and files, and compares.</summary>
internal sealed class StoreRecount
{
    private readonly string _folder;
    private readonly ToolNames _tools = new();
    private readonly List<string> _findings = [];
    private readonly Dictionary<ContentDigest, BlobRecord> _blobs = [];
    private readonly Dictionary<ContentDigest, uint> _references = [];
    private readonly StoreCounters _counted = new();
    private readonly HashSet<string> _valueKeys = [];
    private readonly Dictionary<string, ArtifactId> _listed = [];
    private int _expiring;

    private StoreRecount(string folder) => _folder = folder;

    /// <summary>Everything that does not fit together; empty when the store is sound.</summary>
    public static IReadOnlyList<string> Run(string folder)
    {
        var recount = new StoreRecount(folder);
        using (var index = new StoreDatabase(Path.Combine(folder, "index"), sync: false))
        {
            recount.CountBlobs(index);
            recount.CountEntries(index);
            recount.CompareValues(index);
            recount.CompareExpiry(index);
            recount.CompareListings(index);
            recount.CompareCounters(index.ReadCounters());
        }

        recount.CompareFiles();
        return recount._findings;
    }

    private void CountBlobs(StoreDatabase index)
    {
        using var blobs = index.Current.Iterate(StoreFamilies.Blobs);
        for (var found = blobs.First(); found; found = blobs.Next())
        {
            var isKey = blobs.Key.Length == ContentDigest.Length;
            if (!isKey || BlobRecord.Read(blobs.Value) is not { } blob
                || blob.Place.Digest != new ContentDigest(blobs.Key))
            {
                _findings.Add($"blob {Convert.ToHexString(blobs.Key)} has no record, or another's");
                continue;
            }

            _blobs.Add(blob.Place.Digest, blob);
            _counted.Count(blob.Place, 1);
            if (blob.Place.IsInline)
            {
                _valueKeys.Add(KeyOfValue(blob.Place));
            }
        }
    }

    private void CountEntries(StoreDatabase index)
    {
        using var entries = index.Current.Iterate(StoreFamilies.Entries);
        for (var found = entries.First(); found; found = entries.Next())
        {
            var id = new ArtifactId(entries.Key);
            if (EntryRecord.Read(entries.Value, _tools) is not { } entry)
            {
                _findings.Add($"the record of entry {id} cannot be read");
                continue;
            }

            var digest = entry.Place.Digest;
            var row = entry.IsListed ? ListingKey.Of(entry.Metadata) : [];
            Require(
                entry.Cost == ArtifactId.Length + entries.Value.Length
                    + (entry.IsListed ? row.Length + ArtifactId.Length : 0),
                $"entry {id} costs {entry.Cost} bytes, its record has {entries.Value.Length}");
            Require(
                !entry.IsListed || _listed.TryAdd(Convert.ToHexString(row), id),
                $"entry {id} is listed as another entry is");
            _counted.Count(entry, 1);
            _references[digest] = _references.GetValueOrDefault(digest) + 1;
            _expiring += entry.Head.ExpiresAt == 0 ? 0 : 1;
            Require(
                _blobs.TryGetValue(digest, out var blob) && blob.Place == entry.Place,
                $"entry {id} points at {entry.Place}, the blob is {blob.Place}");
        }

        foreach (var (digest, blob) in _blobs)
        {
            var references = _references.GetValueOrDefault(digest);
            Require(references == blob.References, $"blob {digest} counts {blob.References} entries, not {references}");
        }
    }

    private void CompareValues(StoreDatabase index)
    {
        var count = 0;
        using var values = index.Current.Iterate(StoreFamilies.Values);
        for (var found = values.First(); found; found = values.Next(), count++)
        {
            var digest = new ContentDigest(values.Key[..ContentDigest.Length]);
            Require(
                _valueKeys.Contains(Convert.ToHexString(values.Key))
                    && _blobs[digest].Place.StoredSize == values.Value.Length,
                $"value {Convert.ToHexString(values.Key)} of {values.Value.Length} bytes has no blob like it");
        }

        Require(count == _valueKeys.Count, $"{count} values lie in the index, {_valueKeys.Count} blobs say so");
    }

    private void CompareExpiry(StoreDatabase index)
    {
        var count = 0;
        using var expiry = index.Current.Iterate(StoreFamilies.Expiry);
        for (var found = expiry.First(); found; found = expiry.Next())
        {
            count++;
        }

        Require(count == _expiring, $"{count} expiries are noted, {_expiring} entries expire");
    }

    private void CompareListings(StoreDatabase index)
    {
        using var rows = index.Current.Iterate(StoreFamilies.Listings);
        for (var found = rows.First(); found; found = rows.Next())
        {
            var row = Convert.ToHexString(rows.Key);
            var isRight = _listed.Remove(row, out var id) && rows.Value.SequenceEqual(id.Bytes);
            Require(isRight, $"the row {row} of a listing names {Convert.ToHexString(rows.Value)}, which is not there");
        }

        Require(_listed.Count == 0, $"{_listed.Count} listed entries have no row");
    }

    private void CompareCounters(StoreCounters counters)
    {
        Require(
            Describe(counters) == Describe(_counted),
            $"the accounting is {Describe(counters)}, a recount gives {Describe(_counted)}");
        Require(
            counters.ByTool.Count == _counted.ByTool.Count && !counters.ByTool.Except(_counted.ByTool).Any(),
            $"by tool the accounting is [{string.Join(", ", counters.ByTool)}], "
            + $"a recount gives [{string.Join(", ", _counted.ByTool)}]");
    }

    private void CompareFiles()
    {
        var files = 0;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(_folder, "blobs"), "*", SearchOption.AllDirectories))
        {
            files++;
            var isNamed = BlobFiles.TryParse(Path.GetFileName(file), out var digest, out var number)
                && _blobs.TryGetValue(digest, out var blob) && blob.Place.Number == number
                && blob.Place.StoredSize == new FileInfo(file).Length;
            Require(isNamed, $"no record names the file {Path.GetFileName(file)}, or it has another length");
        }

        var expected = _blobs.Values.Count(blob => !blob.Place.IsInline);
        Require(files == expected, $"{files} blob files are there, {expected} have a record");
        var temporary = Directory.EnumerateFiles(Path.Combine(_folder, "tmp")).Count();
        Require(temporary == 0, $"{temporary} temporary files are left");
    }

    private static string Describe(StoreCounters counters) =>
        $"{counters.Entries} entries of {counters.LogicalBytes} bytes, {counters.Blobs} blobs, "
        + $"{counters.StoredBytes} bytes stored";

    private static string KeyOfValue(BlobPlace place)
    {
        var key = new byte[ValueKey.Length];
        ValueKey.Write(key, place);
        return Convert.ToHexString(key);
    }

    private void Require(bool condition, string finding)
    {
        if (!condition)
        {
            _findings.Add(finding);
        }
    }
}
