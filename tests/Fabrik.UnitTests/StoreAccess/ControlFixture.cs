using System.Buffers;
using System.IO.Pipelines;
using Fabrik.Cache;
using Fabrik.Cache.Artifacts;
using Fabrik.Cache.Local;
using Fabrik.StoreAccess;
using Fabrik.UnitTests.Cache.Local;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Fabrik.UnitTests.StoreAccess;

/// <summary>A store, a server on its control socket, and a client of that.</summary>
internal sealed class ControlFixture : IAsyncDisposable
{
    private readonly StoreFixture _store;
    private readonly WebApplication _app;
    private int _puts;

    private ControlFixture(StoreFixture store, WebApplication app, string socket)
    {
        _store = store;
        _app = app;
        Remote = new RemoteStore(socket);
    }

    public RemoteStore Remote { get; }

    public LocalStore Store => _store.Store;

    public string Folder => _store.Folder;

    /// <summary>Serves a store of its own, or one that is given.</summary>
    public static async Task<ControlFixture> StartAsync(IStoreAccess? given = null)
    {
        StoreFixture store = await StoreFixture.OpenAsync();
        string socket = ControlSocket.PathFor(store.Folder)!;
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socket));
        WebApplication app = builder.Build();
        app.UseRouting();
        ControlRoutes.Map(app, given ?? new OpenStore(store.Store, TimeProvider.System));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new ControlFixture(store, app, socket);
    }

    /// <summary>Stores bytes that no other entry has.</summary>
    public async Task PutAsync(string tool, string key, int size)
    {
        CacheResult<PutOutcome> put = await Store.PutAsync(
            new ArtifactKey("", "", tool, key).ToId(),
            PipeReader.Create(new ReadOnlySequence<byte>(StoreFixture.Content(++_puts, size))),
            new PutOptions { Metadata = new ArtifactMetadata { Tool = tool, Key = key } },
            TestContext.Current.CancellationToken);
        Assert.Null(put.Error);
    }

    public async ValueTask DisposeAsync()
    {
        await Remote.DisposeAsync();
        await _app.DisposeAsync();
        await _store.DisposeAsync();
    }
}
