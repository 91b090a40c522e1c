using Fabrik.Composition;
using Fabrik.Settings.Schema;
using Fabrik.Testing;
using Fabrik.UnitTests.Settings;
using Xunit;

namespace Fabrik.UnitTests.Composition;

/// <summary>A certificate that is renewed while it is served.</summary>
public sealed class ServerCertificateTests : IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(10);

    private readonly SettingsFixture _settings = new();
    private readonly TestClock _clock = new();
    private readonly List<string> _problems = [];

    [Fact]
    public void Files_ThatChange_AreReadAgainAfterAWhile()
    {
        string first = CertificateFiles.Write(_settings.Folder);
        ServerCertificate certificate = Open()!;
        string second = CertificateFiles.Write(_settings.Folder);
        Date(1);
        Assert.Equal(first, certificate.Current.TargetCertificate.Thumbprint);
        _clock.Advance(LookInterval);
        Assert.Equal(second, certificate.Current.TargetCertificate.Thumbprint);
    }

    [Fact]
    public void Files_ThatDoNotFit_LeaveTheOneBefore()
    {
        string first = CertificateFiles.Write(_settings.Folder);
        ServerCertificate certificate = Open()!;
        _settings.Folder.Write(CertificateFiles.KeyFile, "half of");
        Date(1);
        _clock.Advance(LookInterval);
        Assert.Equal(first, certificate.Current.TargetCertificate.Thumbprint);
        string second = CertificateFiles.Write(_settings.Folder);
        Date(2);
        _clock.Advance(LookInterval);
        Assert.Equal(second, certificate.Current.TargetCertificate.Thumbprint);
    }

    [Fact]
    public void Files_ThatAreNone_AreNamedWithTheirSettings()
    {
        _settings.Folder.Write(CertificateFiles.File, "none");
        _settings.Folder.Write(CertificateFiles.KeyFile, "none");
        Assert.Null(Open());
        Assert.StartsWith(
            "build_tools.s3.tls_cert_file, build_tools.s3.tls_key_file: ", Assert.Single(_problems),
            StringComparison.Ordinal);
    }

    public void Dispose() => _settings.Dispose();

    private ServerCertificate? Open() => ServerCertificate.Of(
        _settings.Load(
            $"--config-build-tools-s3-tls-cert-file={CertificateFiles.File}",
            $"--config-build-tools-s3-tls-key-file={CertificateFiles.KeyFile}"),
        S3Settings.Certificate,
        _clock,
        _problems);

    // Two writes may come within the accuracy of a file's time.
    private void Date(int hour)
    {
        foreach (string name in (string[])[CertificateFiles.File, CertificateFiles.KeyFile])
        {
            File.SetLastWriteTimeUtc(_settings.Folder.At(name), new DateTime(2030, 1, 1, hour, 0, 0, DateTimeKind.Utc));
        }
    }
}
