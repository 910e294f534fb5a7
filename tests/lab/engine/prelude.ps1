# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What a simulated Windows server adds to the engine before it runs a command line: its name, the name that DNS gives
# it, the version of Windows PowerShell it claims to be, and New-PSSession to its own Exchange.
# The session that New-PSSession opens is a process of its own in no-language mode.

class LabDns { static [object] GetHostEntry([string] $name) { return [pscustomobject]@{ HostName = $env:HMA_LAB_FQDN } } }
[psobject].Assembly.GetType('System.Management.Automation.TypeAccelerators')::Add('System.Net.Dns', [LabDns])
$PSVersionTable['PSEdition'] = 'Desktop'
$PSVersionTable['PSVersion'] = [version]'5.1.17763.6414'

function global:New-PSSession {
    [CmdletBinding()]
    param([string] $ConfigurationName, [uri] $ConnectionUri, [string] $Authentication, [pscredential] $Credential)
    . ([scriptblock]::Create([System.IO.File]::ReadAllText($env:HMA_LAB_SESSION)))
    $question = @{ op = 'open'; configuration = $ConfigurationName; uri = [string]$ConnectionUri; authentication = $Authentication; credential = $null }
    if ($Credential) { $question.credential = @{ user = $Credential.UserName; password = $Credential.GetNetworkCredential().Password } }
    $opened = Send-Lab $question
    if ($opened.error) { throw (New-LabError $opened.error) }
    $process = [System.Management.Automation.Runspaces.PowerShellProcessInstance]::new()
    $start = $process.Process.StartInfo
    $start.FileName = $env:HMA_PWSH
    foreach ($word in '-s', '-NoLanguage', '-SessionScript', $env:HMA_LAB_SESSION) { $start.ArgumentList.Add($word) }
    $start.Arguments = $null
    $start.Environment['HMA_LAB_TOKEN'] = $opened.token
    $runspace = [runspacefactory]::CreateOutOfProcessRunspace($null, $process)
    $runspace.Open()
    return [pscustomobject]@{ Runspace = $runspace; Token = $opened.token }
}

function global:Remove-PSSession {
    [CmdletBinding()]
    param($Session)
    $Session.Runspace.Dispose()
    [void](Send-Lab @{ op = 'close'; session = $Session.Token })
}

function global:Restart-Service {
    # IIS alone, which takes the way to the lab; everything else is not there.
    [CmdletBinding()]
    param([string[]] $Name, [switch] $Force)
    [void](Send-LabLocal 'Restart-Service' @{ Name = $Name -join ',' })
}

function global:Get-Command {
    # Exchange's own program with the version of its file; other commands as the engine has them.
    param([string] $Name)
    if ($Name -ne 'ExSetup.exe') { return Microsoft.PowerShell.Core\Get-Command @PSBoundParameters }
    $version = (Send-LabLocal 'Get-Command' @{ Name = $Name })[0].FileVersion
    return [pscustomobject]@{ Name = $Name; FileVersionInfo = [pscustomobject]@{ FileVersion = $version; ProductVersion = $version } }
}

function global:Get-WinEvent {
    # The errors that the lab has for the source that is asked for; that there are none is an error, as in Windows.
    [CmdletBinding()]
    param([hashtable] $FilterHashtable, [int] $MaxEvents)
    $found = @(Send-LabLocal 'Get-WinEvent' @{ ProviderName = [string]$FilterHashtable.ProviderName })
    if ($found.Count -eq 0) {
        $text = 'No events were found that match the specified selection criteria.'
        $id = 'NoMatchingEventsFound'
        $PSCmdlet.ThrowTerminatingError([System.Management.Automation.ErrorRecord]::new([System.Exception]::new($text), $id, 'ObjectNotFound', $null))
    }
    foreach ($item in $found) {
        [pscustomobject]@{ Id = [int]$item.Id; TimeCreated = ([datetime]$item.Time).ToUniversalTime(); Message = $item.Message }
    }
}

class LabReply {
    [int] $StatusCode
    [void] Close() { }
}

class LabWeb {
    # A request that goes to the lab and nowhere else.
    [string] $Address
    [int] $Timeout
    [bool] $AllowAutoRedirect
    [bool] $UseDefaultCredentials
    [object] $Proxy
    static [LabWeb] Create([string] $address) {
        $made = [LabWeb]::new()
        $made.Address = $address
        return $made
    }
    [object] GetResponse() {
        $given = @{ Uri = $this.Address }
        if ($this.Proxy) { $given.Proxy = $this.Proxy.Address.OriginalString }
        $found = (Send-LabLocal 'Invoke-WebRequest' $given)[0]
        if ($found.Status -ne 200) {
            $status = if ($found.Reason) { [System.Net.WebExceptionStatus]$found.Reason } else { [System.Net.WebExceptionStatus]::ProtocolError }
            throw [System.Net.WebException]::new('The lab does not let it through.', $null, $status, $null)
        }
        $reply = [LabReply]::new()
        $reply.StatusCode = 200
        return $reply
    }
}
[psobject].Assembly.GetType('System.Management.Automation.TypeAccelerators')::Add('System.Net.WebRequest', [LabWeb])

function global:Send-LabLocal {
    param([string] $Command, [hashtable] $Parameters)
    . ([scriptblock]::Create([System.IO.File]::ReadAllText($env:HMA_LAB_SESSION)))
    $found = Send-Lab @{ op = 'local'; name = $Command; parameters = $Parameters }
    foreach ($record in $found.errors) { throw (New-LabError $record) }
    return @($found.objects)
}
