using System.Globalization;
using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local;

namespace Fabrik.Fuzz.Crash;

/// <summary>One of a worker's tasks: writes its own keys, reads everybody's.</summary>
internal sealed class CrashTask(LocalStore store, CrashPlan plan, CrashJournal journal, int number)
{
    private const int OwnKeys = CrashPlan.Keys / CrashPlan.Tasks;

    private readonly Random _random = new(unchecked((plan.Seed * 31) + number));

    /// <summary>What this task knows its keys to be, from what was answered.</summary>
    private readonly Dictionary<int, int> _known = [];

    public async Task RunAsync()
    {
        for (var i = 0; i < plan.Operations / CrashPlan.Tasks; i++)
        {
            try
            {
                await StepAsync();
            }
            catch (Exception finding)
            {
                // Whatever leaves the store is a finding; the driver prints it and stops.
                journal.Found(finding.Message);
                return;
            }
        }
    }

    private async Task StepAsync()
    {
        var key = (_random.Next(OwnKeys) * CrashPlan.Tasks) + number;
        switch (_random.Next(100))
        {
            case < 55:
                await PutAsync(key, overwrite: true);
                break;
            case < 65:
                await PutAsync(key, overwrite: false);
                break;
            case < 78:
                await DeleteAsync(key);
                break;
            case < 83:
                await BreakOffAsync(key);
                break;
            case < 92:
                await ReadOwnAsync(key);
                break;
            case < 97:
                await CrashReader.ReadAsync(store, _random.Next(CrashPlan.Keys));
                break;
            default:
                await AskAsync();
                break;
        }
    }

    private async Task PutAsync(int key, bool overwrite)
    {
        var content = _random.Next(CrashContent.Count);
        var bytes = CrashContent.Bytes(content);
        var options = Options(key, content) with
        {
            Overwrite = overwrite,
            ExpectedSize = _random.Next(2) == 0 ? bytes.Length : null,
            ExpectedDigest = _random.Next(4) == 0 ? CrashContent.Digest(bytes) : null,
            TimeToLive = _random.Next(8) == 0 ? TimeSpan.FromDays(1) : null,
        };
        var body = PipeReader.Create(
            new MemoryStream(bytes), new StreamPipeReaderOptions(bufferSize: _random.Next(1024, 128 * 1024)));
        journal.PutBegins(key, content);
        var result = await store.PutAsync(CrashReader.Id(key), body, options, default);
        if (!result.TryGet(out var outcome, out var error))
        {
            throw new InvalidOperationException(
                $"put of key {key} failed with {error.Kind}: {error.Message} {error.Cause}");
        }

        journal.PutEnds(key, content, outcome);
        await body.CompleteAsync();
        _known.Remove(key);
        if (outcome is PutOutcome.Stored or PutOutcome.Identical)
        {
            _known[key] = content;
        }
    }

    private async Task DeleteAsync(int key)
    {
        journal.DeleteBegins(key);
        var result = await store.DeleteAsync(CrashReader.Id(key), default);
        journal.DeleteEnds(key, result.Value);
        _known[key] = CrashModel.Absent;
    }

    /// <summary>An upload whose sender goes away: it must be refused, and change nothing.</summary>
    private async Task BreakOffAsync(int key)
    {
        var content = _random.Next(CrashContent.Count);
        var bytes = CrashContent.Bytes(content);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await pipe.Writer.WriteAsync(bytes.AsMemory(0, _random.Next(bytes.Length)));
        await pipe.Writer.CompleteAsync(new IOException("the sender went away"));
        var result = await store.PutAsync(CrashReader.Id(key), pipe.Reader, Options(key, content), default);
        if (result.Error?.Kind != CacheErrorKind.Incomplete)
        {
            throw new InvalidOperationException($"a put that was broken off was answered with {result.Error?.Kind}");
        }
    }

    private async Task ReadOwnAsync(int key)
    {
        var found = await CrashReader.ReadAsync(store, key);
        if (_known.TryGetValue(key, out var known) && found != known
            && (found != CrashModel.Absent || plan.Kind == CrashKind.Roomy))
        {
            throw new InvalidOperationException($"key {key} read as {found}, but was acknowledged as {known}");
        }
    }

    private async Task AskAsync()
    {
        var ids = Enumerable.Range(0, 10).Select(_ => CrashReader.Id(_random.Next(CrashPlan.Keys))).ToArray();
        var stat = await store.StatAsync(ids[0], default);

        // Not in a tight store: what is promised may not be evicted, and then nothing fits.
        var asked = plan.Kind == CrashKind.Tight
            ? default(Unit)
            : await store.ContainsAsync(ids, new bool[ids.Length], default);
        if ((stat.Error ?? asked.Error) is { } error)
        {
            throw new InvalidOperationException($"a question failed with {error.Kind}: {error.Message}");
        }
    }

    private static PutOptions Options(int key, int content) => new()
    {
        Metadata = new ArtifactMetadata
        {
            Tool = key % 2 == 0 ? "even" : "odd",

            // Two tasks' entries have one key, so that they take each other's rows.
            Key = (key / 2).ToString(CultureInfo.InvariantCulture),
            Listing = CrashContent.ListingOf(content),
            Properties = [new(CrashContent.Property, content.ToString(CultureInfo.InvariantCulture))],
        },
    };
}
