using Fabrik.Measuring;
using Fabrik.Wire.Bazel;
using Fabrik.Wire.Grpc;
using Fabrik.Wire.Protos.Bazel.V2;
using Google.Protobuf;

namespace Fabrik.BazelBench;

/// <summary>Calls that are about many blobs, to stores with many entries.</summary>
internal sealed class CallBench
{
    private const int EntrySize = 64;
    private const int EntriesPerBatch = 1000;
    private const int Asked = 10_000;
    private const int BatchSize = 100;

    // Different questions, so that no memory of the last one helps.
    private const int Questions = 16;

    private readonly BenchOptions _options;
    private readonly Report _report;
    private readonly Blobs _entries;
    private readonly Blobs _files;
    private readonly FolderTree _tree = new();
    private readonly FindMissingBlobsRequest[] _questions;
    private long _nextFile;

    public CallBench(BenchOptions options, Report report)
    {
        (_options, _report) = (options, report);
        _entries = new Blobs(EntrySize, options.Seed);
        _files = new Blobs(4096, options.Seed);
        _questions = [.. Enumerable.Range(0, Questions).Select(AskFor)];
    }

    public async Task RunAsync()
    {
        foreach (var server in _options.Servers)
        {
            await FillAsync(server);
        }

        // The first round warms up, and does not count.
        for (var round = 0; round <= _options.Rounds; round++)
        {
            foreach (var server in _options.Turn(round))
            {
                await MeasureAsync(server, isCounted: round > 0);
            }
        }
    }

    private async Task FillAsync(Server server)
    {
        await Console.Error.WriteLineAsync($"writing {_options.Entries} entries to {server.Name}");
        using RpcConnections connections = new(server.Address);
        var batches = (_options.Entries + EntriesPerBatch - 1) / EntriesPerBatch;
        await Meter.EachAsync(batches, RpcConnections.Count, async (worker, index) =>
        {
            var first = (long)index * EntriesPerBatch;
            var count = (int)Math.Min(EntriesPerBatch, _options.Entries - first);
            await UpdateAsync(connections.Of(worker), Batch(_entries, first, count));
        });
        foreach (var batch in _tree.Folders.Chunk(EntriesPerBatch))
        {
            BatchUpdateBlobsRequest request = new();
            request.Requests.Add(batch.Select(Request));
            await UpdateAsync(connections.Of(0), request);
        }
    }

    private async Task MeasureAsync(Server server, bool isCounted)
    {
        using RpcConnections connections = new(server.Address);
        using Meter meter = new(server);
        await Disk.SyncAsync();
        var calls = Math.Max(1, _options.Requests / 50);
        Add($"FindMissingBlobs of {Asked:N0}", await meter.RunAsync(
            calls, workers: 1, (_, index) => FindMissingAsync(connections.Of(index), _questions[index % Questions])));

        calls = Math.Max(1, _options.Requests / 25);
        var first = _nextFile;
        _nextFile += calls * BatchSize;
        var batches = Enumerable.Range(0, calls)
            .Select(i => Batch(_files, first + (i * BatchSize), BatchSize)).ToArray();
        Add($"BatchUpdateBlobs of {BatchSize} × 4 KiB", await meter.RunAsync(
            calls, RpcConnections.Count, (worker, index) => UpdateAsync(connections.Of(worker), batches[index])));
        var reads = batches.Select(ReadOf).ToArray();
        Add($"BatchReadBlobs of {BatchSize} × 4 KiB", await meter.RunAsync(
            calls, RpcConnections.Count, (worker, index) => ReadAsync(connections.Of(worker), reads[index])));

        calls = Math.Max(1, _options.Requests / 500);
        Add($"GetTree of {FolderTree.Count:N0}", await meter.RunAsync(
            calls, workers: 1, (_, index) => GetTreeAsync(connections.Of(index))));

        void Add(string request, Sample sample)
        {
            if (isCounted)
            {
                _report.Add(request, server, sample);
            }
        }
    }

    // Every second digest is there; those that are lie evenly in the store, each question's beside those of the last.
    private FindMissingBlobsRequest AskFor(int question)
    {
        FindMissingBlobsRequest request = new();
        var stride = Math.Max(1, _options.Entries / Asked);
        for (var i = 0; i < Asked; i++)
        {
            var number = i % 2 == 0
                ? (question + ((long)i * stride)) % _options.Entries
                : -1 - ((long)question * Asked) - i;
            request.BlobDigests.Add(Blobs.DigestOf(_entries.Content(number)).ToMessage());
        }

        return request;
    }

    private static BatchUpdateBlobsRequest Batch(Blobs blobs, long first, int count)
    {
        BatchUpdateBlobsRequest request = new();
        for (var i = 0; i < count; i++)
        {
            request.Requests.Add(Request(blobs.Content(first + i)));
        }

        return request;
    }

    private static BatchUpdateBlobsRequest.Types.Request Request(byte[] content) => new()
    {
        Digest = Blobs.DigestOf(content).ToMessage(),
        Data = UnsafeByteOperations.UnsafeWrap(content),
    };

    private static BatchReadBlobsRequest ReadOf(BatchUpdateBlobsRequest written)
    {
        BatchReadBlobsRequest request = new();
        request.Digests.Add(written.Requests.Select(static one => one.Digest));
        return request;
    }

    private static async Task FindMissingAsync(CallInvoker invoker, FindMissingBlobsRequest request)
    {
        using var call = invoker.AsyncUnaryCall(RemoteMethods.FindMissingBlobs, host: null, new CallOptions(), request);
        var answer = await call.ResponseAsync;
        Check(
            answer.MissingBlobDigests.Count == Asked / 2,
            $"{answer.MissingBlobDigests.Count} blobs were said to be missing");
    }

    private static async Task UpdateAsync(CallInvoker invoker, BatchUpdateBlobsRequest request)
    {
        using var call = invoker.AsyncUnaryCall(RemoteMethods.BatchUpdateBlobs, host: null, new CallOptions(), request);
        var answer = await call.ResponseAsync;
        Check(
            answer.Responses.Count == request.Requests.Count
                && answer.Responses.All(static one => one.Status is null or { Code: 0 }),
            "not all blobs of a batch were stored");
    }

    private static async Task ReadAsync(CallInvoker invoker, BatchReadBlobsRequest request)
    {
        using var call = invoker.AsyncUnaryCall(RemoteMethods.BatchReadBlobs, host: null, new CallOptions(), request);
        var answer = await call.ResponseAsync;
        Check(
            answer.Responses.Count == request.Digests.Count
                && answer.Responses.All(static one => one.Data.Length == one.Digest.SizeBytes),
            "not all blobs of a batch were read");
    }

    private async Task GetTreeAsync(CallInvoker invoker)
    {
        GetTreeRequest request = new() { RootDigest = _tree.Root };
        var folders = 0;
        using var call = invoker.AsyncServerStreamingCall(
            RemoteMethods.GetTree, host: null, new CallOptions(), request);
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            folders += call.ResponseStream.Current.Directories.Count;
        }

        Check(folders == FolderTree.Count, $"the tree had {folders} folders");
    }

    private static void Check(bool isRight, string fault)
    {
        if (!isRight)
        {
            throw new InvalidOperationException(fault);
        }
    }
}
