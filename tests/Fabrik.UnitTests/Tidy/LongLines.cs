using System.Collections.Immutable;

namespace Fabrik.UnitTests.Tidy;

/// <summary>
/// A ratchet: the files that had lines too long for a screen when the rule came, and how many. The numbers only fall.
/// </summary>
internal static class LongLines
{
    private static readonly ImmutableDictionary<string, int> Known = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["src/Fabrik.Cache/Artifacts/ArtifactInfo.cs"] = 1,
        ["src/Fabrik.Cache/Artifacts/ArtifactMetadata.cs"] = 2,
        ["src/Fabrik.Cache/Codec/InlineCodec.cs"] = 1,
        ["src/Fabrik.Cache/ICacheTier.cs"] = 1,
        ["src/Fabrik.Cache/Local/Blobs/BlobFiles.cs"] = 2,
        ["src/Fabrik.Cache/Local/Blobs/CheckedFiles.cs"] = 1,
        ["src/Fabrik.Cache/Local/Blobs/FileArtifact.cs"] = 1,
        ["src/Fabrik.Cache/Local/Commit/Committer.cs"] = 1,
        ["src/Fabrik.Cache/Local/Commit/StoreCommand.cs"] = 1,
        ["src/Fabrik.Cache/Local/Index/BlobPlace.cs"] = 1,
        ["src/Fabrik.Cache/Local/Index/BlobRecord.cs"] = 1,
        ["src/Fabrik.Cache/Local/Index/StoreDatabase.cs"] = 2,
        ["src/Fabrik.Cache/Local/LocalStore.cs"] = 4,
        ["src/Fabrik.Cache/Local/LocalStoreOptions.cs"] = 2,
        ["src/Fabrik.Cache/Local/OwnerLock.cs"] = 1,
        ["src/Fabrik.Cache/Local/StoreUpkeep.cs"] = 1,
        ["src/Fabrik.Cache/Native/RocksDb/RocksDatabaseOptions.cs"] = 2,
        ["src/Fabrik.Cache/Native/RocksDb/RocksDbException.cs"] = 1,
        ["src/Fabrik.Cache/Native/RocksDb/RocksDbLibrary.cs"] = 1,
        ["src/Fabrik.Cache/PutOptions.cs"] = 2,
        ["src/Fabrik.Server/Adapters/Serving/ArtifactReceiver.cs"] = 1,
        ["src/Fabrik.Server/Adapters/Serving/ByteRange.cs"] = 1,
        ["src/Fabrik.Server/Adapters/Serving/EntityTag.cs"] = 1,
        ["src/Fabrik.Server/Adapters/Serving/KeyGrammar.cs"] = 1,
        ["src/Fabrik.Server/Adapters/Turborepo/TurborepoAnswers.cs"] = 1,
        ["src/Fabrik.Server/Adapters/Turborepo/TurborepoTeam.cs"] = 1,
        ["src/Fabrik.Server/Admin/HealthRoutes.cs"] = 1,
        ["src/Fabrik.Server/Admin/HealthServices.cs"] = 1,
        ["src/Fabrik.Server/Auth/AuthChallenge.cs"] = 1,
        ["src/Fabrik.Server/Auth/AuthLog.cs"] = 1,
        ["src/Fabrik.Server/Auth/AuthOptions.cs"] = 4,
        ["src/Fabrik.Server/Auth/CachePrincipal.cs"] = 1,
        ["src/Fabrik.Server/Auth/IRequestAuthenticator.cs"] = 1,
        ["src/Fabrik.Server/Auth/Keys/JsonWebKeys.cs"] = 1,
        ["src/Fabrik.Server/Auth/Keys/JwksUrlSource.cs"] = 1,
        ["src/Fabrik.Server/Auth/Keys/KeyDirectorySource.cs"] = 1,
        ["src/Fabrik.Server/Auth/Keys/KeySourceState.cs"] = 1,
        ["src/Fabrik.Server/Auth/Tokens/ClaimRules.cs"] = 1,
        ["src/Fabrik.Server/Auth/Tokens/ClaimText.cs"] = 2,
        ["src/Fabrik.Server/Auth/Tokens/StrictBase64Url.cs"] = 1,
        ["src/Fabrik.Server/Auth/Tokens/TrustScopes.cs"] = 1,
        ["src/Fabrik.Server/ServerMetrics.cs"] = 2,
        ["src/Fabrik.Server/Transport/DirectOutput.cs"] = 2,
        ["src/Fabrik.Server/Transport/DirectOutputMiddleware.cs"] = 1,
        ["src/Fabrik.Server/Transport/IDirectBody.cs"] = 1,
        ["src/Fabrik.Server/Transport/LinuxSocket.cs"] = 1,
        ["src/Fabrik/Composition/ListenerPlan.cs"] = 3,
        ["src/Fabrik/Composition/ListenerRole.cs"] = 1,
        ["src/Fabrik/Composition/StoreMetrics.cs"] = 2,
        ["src/Fabrik/Composition/WebListeners.cs"] = 1,
        ["src/Fabrik/Settings/Reference/ReferencePage.cs"] = 3,
        ["tests/Fabrik.Fuzz/BlobMending.cs"] = 1,
        ["tests/Fabrik.Fuzz/Targets/SettingsFormatTarget.cs"] = 1,
        ["tests/Fabrik.ProtocolTests/Serving/RangeTests.cs"] = 2,
        ["tests/Fabrik.ProtocolTests/Serving/RunningServer.cs"] = 2,
        ["tests/Fabrik.ProtocolTests/Serving/TestAuthenticator.cs"] = 2,
        ["tests/Fabrik.Testing/MemoryTier.cs"] = 1,
        ["tests/Fabrik.UnitTests/Cache/Artifacts/ArtifactKeyTests.cs"] = 1,
        ["tests/Fabrik.UnitTests/Cache/Local/LocalStoreTests.cs"] = 1,
        ["tests/Fabrik.UnitTests/Settings/Files/SettingsFormatTests.cs"] = 13,
        ["tests/Fabrik.UnitTests/Settings/Overrides/SettingsFlagsTests.cs"] = 3,
        ["tests/Fabrik.UnitTests/Settings/SettingsArrayTests.cs"] = 2,
        ["tests/Fabrik.UnitTests/Settings/SettingsErrorTests.cs"] = 5,
        ["tests/Fabrik.UnitTests/Settings/SettingsValueTests.cs"] = 4,
        ["tests/Fabrik.UnitTests/Settings/Values/ValueTypeTests.cs"] = 1,
        ["tests/Fabrik.UnitTests/Wire/Toml/TomlErrorTests.cs"] = 3,
    }.ToImmutableDictionary(StringComparer.Ordinal);

    public static IEnumerable<string> Paths => Known.Keys;

    /// <summary>The long lines that a file may have.</summary>
    public static int Allowed(string path) => Known.GetValueOrDefault(path);
}
